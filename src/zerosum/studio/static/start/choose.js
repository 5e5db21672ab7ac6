// @ts-check
/** The beginning of Start: what it is for, and the ways to give it data. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { bytes, counted, number } from "../core/words.js";
import { makePlaces } from "../parts/place.js";
import { givenByChoice } from "./drop.js";

/** @typedef {import("./drop.js").Given} Given */
/** @typedef {import("../parts/place.js").Place} Place */

/** The set that somebody who has nothing yet can begin with, and why. */
const FIRST = "digits";

/**
 * @param {{onGiven: (given: Given[]) => void, onPlace: (place: Place) => void}} heard
 * @returns {{element: HTMLElement, refresh: () => Promise<void>}}
 */
export function makeChoice({ onGiven, onPlace }) {
  const places = makePlaces(onPlace);
  const first = h("button", { class: "primary", hidden: true, data: { testid: "first" } }, `Try it with ${FIRST}`);
  const area = h("div", { class: "drop", data: { testid: "drop" } },
    icon("folder"),
    h("p", { class: "drop-words" }, h("strong", null, "Drop your data anywhere on this page"),
      h("span", { class: "soft" }, "a folder of pictures, a .zip of one, or a table (.csv, .parquet, .xlsx)")),
    h("div", { class: "row" }, chooser("Choose a folder", "folder-input", true, onGiven),
      chooser("Choose files", "file-input", false, onGiven), first));
  const element = h("div", { class: "stack" },
    h("ol", { class: "way", "aria-label": "How it goes" },
      step("Data", "Pictures, a table or points to learn from. They stay on this computer."),
      step("Recipe", "The kind of GAN that suits your data is proposed, with the reason."),
      step("Train", "Watch it learn, then explore, measure and share it.")),
    area, places.element);
  return { element, refresh: async () => {
    const place = (await places.refresh()).find((one) => one.kind === "built-in" && one.name === FIRST);
    first.hidden = place === undefined;
    first.onclick = () => place && onPlace(place);
  } };
}

/**
 * @param {string} name
 * @param {string} what
 */
function step(name, what) {
  return h("li", null, h("strong", null, name), h("span", { class: "soft small" }, what));
}

/**
 * A button that opens the system's dialog.
 * @param {string} label
 * @param {string} testid
 * @param {boolean} folder whether a folder is chosen, not files
 * @param {(given: Given[]) => void} onGiven
 * @returns {HTMLElement}
 */
function chooser(label, testid, folder, onGiven) {
  const input = h("input", { type: "file", class: "unseen", tabindex: -1, "aria-hidden": "true", multiple: true,
    webkitdirectory: folder, data: { testid }, on: { change: () => {
      const given = givenByChoice(/** @type {FileList} */ (input.files));
      input.value = "";
      onGiven(given);
    } } });
  return h("span", null, input, h("button", { data: { testid: `${testid}-button` },
    on: { click: () => input.click() } }, icon(folder ? "folder" : "file"), label));
}

/**
 * How far an upload, or the reading of data, is.
 * @param {() => void} onCancel
 */
export function makeWaiting(onCancel) {
  const what = h("p", { role: "status", data: { testid: "waiting" } });
  const bar = h("progress", { "aria-label": "Progress" });
  const cancel = h("button", { data: { testid: "cancel" }, on: { click: onCancel } }, "Cancel");
  const element = h("section", { class: "card waiting" }, what, bar, h("div", { class: "row" }, cancel));
  return {
    element,
    /** @param {import("./upload.js").Progress} progress */
    sending: ({ files, of, bytes: sent, ofBytes }) => {
      const size = `${bytes(sent)} of ${bytes(ofBytes)}`;
      fill(what, `Copying to the studio: ${number(files)} of ${counted(of, "file")}, ${size}`);
      bar.max = Math.max(1, ofBytes);
      bar.value = sent;
    },
    /** @param {string} name */
    reading: (name) => {
      fill(what, `Reading ${name}, and looking for what may be wrong with it`);
      bar.removeAttribute("value");
    },
  };
}

const SHOWN = 8; // refusals that are shown before the rest is folded away

/**
 * What the studio would not take, file by file.
 * @param {{path: string, sentence: string}[]} refused
 * @returns {HTMLElement | null}
 */
export function refusals(refused) {
  if (!refused.length) {
    return null;
  }
  const line = (/** @type {{path: string, sentence: string}} */ { path, sentence }) => h("li", null,
    !sentence.includes(path) && [h("strong", null, path), " "], sentence);
  return h("section", { class: "problem", role: "alert", data: { testid: "refused" } },
    h("p", null, `${counted(refused.length, "file was", "files were")} not taken:`),
    h("ul", null, refused.slice(0, SHOWN).map(line)),
    refused.length > SHOWN && h("details", null, h("summary", null, `${number(refused.length - SHOWN)} more`),
      h("ul", null, refused.slice(SHOWN).map(line))));
}
