// @ts-check
/** Up to four runs side by side: their samples, their curves, and the settings that differ. */

import { get } from "../core/api.js";
import { addressOf } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { watchRuns } from "../core/runs.js";
import { duration, number } from "../core/words.js";
import { inWords } from "../parts/control.js";
import { Curves } from "./curves.js";
import { letter } from "./letter.js";
import { MOST } from "./list.js";
import { makeSheets } from "./sheets.js";

/** @typedef {import("../core/runs.js").RunSummary} RunSummary */

const EVERY = 5_000; // milliseconds between two looks at runs that train

/**
 * @param {HTMLElement} root
 * @param {string[]} named ids
 * @returns {Promise<() => void>}
 */
export async function openComparison(root, named) {
  const ids = [...new Set(named)].slice(0, MOST);
  const heads = h("div", { class: "compared" });
  const curves = new Curves();
  const sheets = makeSheets((at) => curves.at(at));
  const differing = h("div", { class: "card" });
  fill(root, h("div", { class: "runs stack" }, h("div", { class: "row spread" }, h("h1", null, "Runs side by side"),
    h("a", { class: "button", href: addressOf("runs"), data: { testid: "all-runs" } }, icon("left"), "All runs")),
  heads, sheets.element, curves.element, differing));

  const load = async () => {
    const query = ids.map((id) => `run=${encodeURIComponent(id)}`).join("&");
    const path = (/** @type {string} */ id) => `/api/runs/${encodeURIComponent(id)}`;
    const [details, series, { settings }] = await Promise.all([Promise.all(ids.map((id) => get(path(id)))),
      Promise.all(ids.map((id) => get(`${path(id)}/series`))), get(`/api/compare?${query}`)]);
    fill(heads, details.map(head));
    sheets.show(details);
    curves.show(ids, series);
    fill(differing, settingsTable(ids, settings));
  };
  await load();
  const stop = watchWhileTraining(ids, load);
  return () => {
    stop();
    sheets.stop();
    curves.stop();
  };
}

/**
 * Loads again now and then while one of the runs gets on.
 * @param {string[]} ids
 * @param {() => Promise<void>} load
 * @returns {() => void} ends it
 */
function watchWhileTraining(ids, load) {
  let seen = "";
  let last = performance.now();
  return watchRuns((runs) => {
    const these = runs.filter((run) => ids.includes(run.id));
    const now = JSON.stringify(these.map((run) => [run.id, run.samples, run.state]));
    if (seen === "") {
      seen = now;
    } else if (now !== seen && performance.now() > last + EVERY) {
      [seen, last] = [now, performance.now()];
      load().catch(() => undefined); // the bar says when the studio does not answer
    }
  });
}

/**
 * @param {RunSummary} run
 * @param {number} index
 */
function head(run, index) {
  const facts = [["Recipe", run.recipe], ["State", run.state], ["Samples seen", number(run.samples)],
    ["Time", duration(run.seconds)], ["Best distance", run.quality ? number(run.quality.best) : "\u2013"]];
  return h("article", { class: "card", data: { testid: `compared-${run.id}` } },
    h("h2", { class: "row tight" }, letter(index), h("a", { href: addressOf("train", run.id) }, run.id)),
    h("dl", { class: "facts" },
      facts.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value)))));
}

/**
 * @param {string[]} ids
 * @param {{name: string, values: any[]}[]} settings
 */
function settingsTable(ids, settings) {
  const heading = h("div", { class: "heading" }, h("h2", { id: "differing" }, "Settings that differ"));
  if (!settings.length) {
    return [heading, h("p", { class: "soft" }, "None: these runs have the same settings, and the same seed.")];
  }
  const runs = ids.map((id, index) => h("th", { scope: "col" }, h("span", { class: "row tight" }, letter(index), id)));
  const rows = settings.map(({ name, values }) => h("tr", null, h("th", { scope: "row" }, h("code", null, name)),
    values.map((value) => h("td", null, value === undefined || value === null ? "\u2013" : inWords(value)))));
  return [heading, h("div", { class: "wide", tabindex: 0, role: "region", "aria-labelledby": "differing" },
    h("table", { data: { testid: "differing" } },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Setting"), runs)), h("tbody", null, rows)))];
}
