// @ts-check
/** Contact sheets of several runs, as they were after equally many samples; one slider moves all. */

import { fill, h } from "../core/dom.js";
import { onKey } from "../core/keys.js";
import { number } from "../core/words.js";
import { makeScrubber } from "../parts/scrubber.js";
import { letter } from "./letter.js";

/** @typedef {{samples: number, url: string}} Sheet */
/** @typedef {{id: string, data: string, kind: string, sheets: Sheet[], reals: string | null}} Pictured */

const AHEAD = 2; // places on either side whose pictures are fetched before they are asked for

/**
 * @param {(samples: number) => void} onMove the moment that is shown, as charts beside it may show it
 */
export function makeSheets(onMove) {
  /** @type {Pictured[]} */
  let runs = [];
  /** @type {number[]} numbers of samples at which one of the runs has a sheet */
  let places = [];
  const figures = h("div", { class: "side-by-side", data: { testid: "sheets" } });
  const none = h("p", { class: "soft", hidden: true }, "There is no contact sheet of these runs yet.");
  const moment = h("span", { data: { testid: "moment" } });
  const scrubber = makeScrubber({ label: "Samples seen", describe: (index) => `${number(places[index])} samples seen`,
    onMove: (index) => {
      runs.forEach((run, place) => drawSheet(figures.children[place], run, places[index]));
      fill(moment, ` after ${number(places[index])} samples seen`);
      fetchAround(index);
      onMove(places[index]);
    } });
  const fetchAround = (/** @type {number} */ index) => {
    for (const place of places.slice(Math.max(0, index - AHEAD), index + AHEAD + 1)) {
      for (const run of runs) {
        const sheet = latestAt(run.sheets, place);
        if (sheet) {
          new Image().src = sheet.url;
        }
      }
    }
  };
  const keys = [onKey("ArrowLeft", "see the samples before these", () => scrubber.step(-1)),
    onKey("ArrowRight", "see the samples after these", () => scrubber.step(1)),
    onKey(" ", "play, or stop", () => scrubber.turn())];
  return {
    element: h("section", { class: "card stack", "aria-labelledby": "side-by-side" },
      h("h2", { id: "side-by-side" }, "Contact sheets", moment), scrubber.element, none, figures),
    /** @param {Pictured[]} now */
    show: (now) => {
      const at = places[scrubber.index];
      const newest = scrubber.index === places.length - 1;
      runs = now;
      places = [...new Set(runs.flatMap((run) => run.sheets.map((sheet) => sheet.samples)))].sort((a, b) => a - b);
      none.hidden = places.length > 0;
      scrubber.element.hidden = !places.length;
      if (!figures.children.length) {
        fill(figures, runs.map(figure), realFigure(runs));
      }
      scrubber.count(places.length, newest ? undefined : places.indexOf(at));
    },
    stop: () => {
      scrubber.destroy();
      keys.forEach((end) => end());
    },
  };
}

/**
 * @param {Pictured} run
 * @param {number} index
 */
function figure(run, index) {
  return h("figure", { data: { testid: `sheet-${run.id}` } }, h("figcaption", null, letter(index),
    h("strong", null, run.id), h("span", { class: "soft small at" })), h("img", { class: look(run), alt: "" }));
}

/**
 * Real samples, where all runs were trained on the same.
 * @param {Pictured[]} runs
 */
function realFigure(runs) {
  const { reals, data } = runs[0];
  return reals !== null && runs.every((run) => run.data === data) && h("figure", { data: { testid: "sheet-reals" } },
    h("figcaption", null, h("strong", null, "Real samples"), h("span", { class: "soft small" }, `of ${data}`)),
    h("img", { class: look(runs[0]), src: reals, alt: "Real samples" }));
}

/** @param {Pictured} run */
function look({ kind }) {
  return kind === "image" ? "pixels sheet" : "drawing sheet";
}

/**
 * @param {Element} place
 * @param {Pictured} run
 * @param {number} at samples seen
 */
function drawSheet(place, run, at) {
  const image = place.querySelector("img");
  const words = place.querySelector(".at");
  const sheet = latestAt(run.sheets, at);
  if (!image || !words) {
    return;
  }
  image.hidden = sheet === null;
  if (sheet === null) {
    words.textContent = run.sheets.length ? `begins at ${number(run.sheets[0].samples)}` : "no contact sheet";
    return;
  }
  if (image.getAttribute("src") !== sheet.url) {
    image.src = sheet.url;
  }
  image.alt = `Samples of ${run.id} after ${number(sheet.samples)} seen`;
  const last = run.sheets[run.sheets.length - 1];
  words.textContent = `${sheet === last && at > sheet.samples ? "last at" : "at"} ${number(sheet.samples)}`;
}

/**
 * @param {Sheet[]} sheets oldest first
 * @param {number} at samples seen
 * @returns {Sheet | null} the latest that is not later
 */
function latestAt(sheets, at) {
  return sheets.findLast((sheet) => sheet.samples <= at) ?? null;
}
