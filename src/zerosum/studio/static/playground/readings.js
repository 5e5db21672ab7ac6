// @ts-check
/** Beside the stage: how good the samples are, what D makes of them, and how it came to be. */

import { fill, h } from "../core/dom.js";
import { number, percent } from "../core/words.js";
import { Histogram } from "./histogram.js";
import { Plot } from "./plots.js";
import { accuracy, chance, verdict } from "./telling.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./engine/frames.js").Frame} Frame */
/** @typedef {import("./engine/session.js").Entry} Entry */

/**
 * @typedef {object} Reading
 * @property {string} testid
 * @property {string} name
 * @property {string} says what it is
 * @property {(frame: Frame, board: Board) => string | null} of null where there is none
 * @property {boolean} [chief] shown large
 */

/** @type {Reading[]} */
const READINGS = [
  { testid: "reading-modes", name: "Modes found", chief: true,
    says: "Modes of the data that at least 2 of 1,000 generated points are near, within three standard deviations.",
    of: ({ measures: { modes, allModes } }) => (modes === null ? null : `${modes} of ${allModes}`) },
  { testid: "reading-good", name: "Good points", chief: true,
    says: "Share of 1,000 generated points within three standard deviations of a mode (Srivastava et al. 2017, "
      + "arXiv:1705.07761).",
    of: ({ measures: { good } }) => (good === null ? null : percent(good)) },
  { testid: "reading-accuracy", name: "D is right", chief: true,
    says: "Share of 480 real and 480 generated points that D judges right, the same ones at every look.",
    of: ({ measures }) => percent(accuracy(measures)) },
  { testid: "reading-distance", name: "Distance",
    says: "Energy distance between generated and real points; 0 where they are alike.",
    of: ({ measures: { distance } }) => number(Math.max(0, distance), 2) },
  { testid: "reading-diversity", name: "Spread",
    says: "Mean distance between two generated points over that between two real ones: 100 % is as it should be.",
    of: ({ measures: { diversity } }) => percent(diversity) },
  { testid: "reading-arrow", name: "Push on G",
    says: "Mean length of the arrows: the gradient of G's loss at its points.",
    of: ({ measures: { arrow } }) => number(arrow, 2) },
  { testid: "reading-wasserstein", name: "Wasserstein", says: "Mean way between sorted generated and real numbers.",
    of: ({ measures: { wasserstein } }) => (wasserstein === null ? null : number(wasserstein, 2)) },
  { testid: "reading-doubt", name: "D's error", says: "Mean difference between D and the best possible D.",
    of: ({ measures: { doubt } }) => (doubt === null ? null : number(doubt, 2)) },
  { testid: "reading-round", name: "Round", says: "Rounds played: D's moves, then G's.",
    of: ({ round }) => number(round) },
  { testid: "reading-pace", name: "Rounds per s", says: "How fast it is really played.",
    of: (_, { playing, pace }) => (playing && pace ? number(pace, 2) : "–") },
];

/** Milliseconds between two drawings of the plots and the table, which need not be as quick as the stage. */
const UNHURRIED = 120;

/**
 * @param {(entry: Entry) => number | null} ofD
 * @param {(entry: Entry) => number | null} ofG
 * @returns {import("./plots.js").Line[]}
 */
const ofBoth = (ofD, ofG) => [
  { name: "D", tone: "accent", dash: [], of: ofD },
  { name: "G", tone: "fake", dash: [5, 3], of: ofG },
];

/** @type {import("./plots.js").Settings[]} */
const PLOTS = [
  { testid: "plot-accuracy", title: "D is right", caption: "Grey: what guessing comes to.", unit: "share",
    lines: [{ name: "about real", tone: "real", dash: [], of: (entry) => entry.accuracyReal },
      { name: "about generated", tone: "fake", dash: [5, 3], of: (entry) => entry.accuracyFake }], band: chance },
  { testid: "plot-losses", title: "Losses", caption: "Not a measure of quality.",
    lines: ofBoth((entry) => entry.lossD, (entry) => entry.lossG) },
  { testid: "plot-norms", title: "Gradient norms", caption: "Near 0, nothing is learnt.", logarithmic: true,
    lines: ofBoth((entry) => entry.normD, (entry) => entry.normG) },
  { testid: "plot-quality", title: "Quality", caption: "Lower is better.", logarithmic: true,
    lines: [{ name: "distance to the data", tone: "third", dash: [],
      of: ({ distance }) => Math.max(distance, 0.001) }] },
];

/**
 * @param {Board} board
 * @returns {{element: HTMLElement, close: () => void}}
 */
export function makeReadings(board) {
  const histogram = new Histogram(board);
  const plots = PLOTS.map((settings) => new Plot(board, settings));
  const facts = READINGS.map((reading) => ({ ...reading,
    value: h("dd", { data: { testid: reading.testid } }),
    row: /** @type {HTMLElement | null} */ (null) }));
  for (const fact of facts) {
    fact.row = h("div", { class: fact.chief ? "pg-chief" : "pg-fact", title: fact.says, hidden: true },
      h("dt", null, fact.name), fact.value);
  }
  const verdictLine = h("p", { class: "pg-verdict", data: { testid: "verdict" } });
  const numbers = makeNumbers(board, () => facts);
  const element = h("section", { class: "pg-readings stack", "aria-label": "Readings" },
    h("div", { class: "card pg-score" },
      h("dl", { class: "pg-chiefs" }, facts.filter(({ chief }) => chief).map(({ row }) => row)),
      h("dl", { class: "pg-facts" }, facts.filter(({ chief }) => !chief).map(({ row }) => row)), verdictLine),
    h("div", { class: "card pg-plots" }, histogram.element, plots.map((plot) => plot.element)), numbers.element);
  let before = -Infinity;
  const show = () => {
    const { frame } = board;
    const now = performance.now();
    if (!frame || (board.playing && now - before < UNHURRIED)) {
      return;
    }
    before = now;
    for (const { of, value, row } of facts) {
      const text = of(frame, board);
      /** @type {HTMLElement} */ (row).hidden = text === null;
      if (value.textContent !== text) {
        value.textContent = text;
      }
    }
    fill(verdictLine, verdict(frame.measures));
    histogram.show(frame);
    plots.forEach((plot) => plot.show());
    numbers.show();
  };
  board.listen(["frame"], show);
  return { element, close: () => [histogram, ...plots].forEach((one) => one.close()) };
}

/** Rows of the table of rounds. */
const ROWS = 12;

/** @type {[string, (entry: Entry) => number | null][]} columns of the table, and of the file */
const COLUMNS = [
  ["round", (entry) => entry.round],
  ["D's loss", (entry) => entry.lossD],
  ["G's loss", (entry) => entry.lossG],
  ["penalties", (entry) => entry.penalty],
  ["D's gradient norm", (entry) => entry.normD],
  ["G's gradient norm", (entry) => entry.normG],
  ["right about real", (entry) => entry.accuracyReal],
  ["right about generated", (entry) => entry.accuracyFake],
  ["modes", (entry) => entry.modes],
  ["good points", (entry) => entry.good],
  ["energy distance", (entry) => entry.distance],
  ["spread", (entry) => entry.diversity],
];

/**
 * All numbers as tables, and as a file.
 * @param {Board} board
 * @param {() => {name: string, says: string, of: Reading["of"]}[]} readings
 */
function makeNumbers(board, readings) {
  const now = h("tbody");
  const past = h("tbody");
  const element = h("details", { class: "card pg-numbers", data: { testid: "numbers" }, on: { toggle: () => show() } },
    h("summary", null, "All numbers as a table"),
    h("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "All numbers" },
      h("table", null, h("caption", { class: "unseen" }, "How the game stands"), now),
      h("table", null, h("caption", { class: "unseen" }, "How it came to be"),
        h("thead", null, h("tr", null,
          COLUMNS.map(([name]) => h("th", { scope: "col", class: "number" }, name)))), past)),
    h("button", { type: "button", data: { testid: "csv" }, on: { click: () => download(board.entries) } },
      "Download all rounds as CSV"));
  const show = () => {
    const { frame, entries } = board;
    if (!element.open || !frame) {
      return;
    }
    fill(now, readings().map(({ name, says, of }) => ({ name, says, value: of(frame, board) }))
      .filter(({ value }) => value !== null)
      .map(({ name, says, value }) => h("tr", null, h("th", { scope: "row" }, name),
        h("td", { class: "number" }, value), h("td", { class: "small soft" }, says))));
    fill(past, entries.slice(-ROWS).reverse().map((entry) => h("tr", null, COLUMNS.map(([, of]) => {
      const value = of(entry);
      return h("td", { class: "number" }, value === null ? "" : number(value));
    }))));
  };
  return { element, show };
}

/** @param {Entry[]} entries */
function download(entries) {
  const rows = entries.map((entry) => COLUMNS.map(([, of]) => of(entry) ?? "").join(","));
  const text = [COLUMNS.map(([name]) => `"${name}"`).join(","), ...rows, ""].join("\r\n");
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  h("a", { href: url, download: "playground.csv" }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
