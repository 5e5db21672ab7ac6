// @ts-check
/** The table of runs: sorted, filtered, and chosen from to compare. */

import { addressOf, rememberQuery } from "../core/address.js";
import { add, fill, h } from "../core/dom.js";
import { refreshRuns, watchRuns } from "../core/runs.js";
import { counted } from "../core/words.js";
import { emptyPage } from "./empty.js";
import { makeRow } from "./row.js";

/** @typedef {import("../core/runs.js").RunSummary} RunSummary */
/** @typedef {{name: string, value: (run: RunSummary) => string | number, numeric?: boolean, extra?: boolean}} Column */

/** Runs that can be compared at once. */
export const MOST = 4;

/** @type {{[key: string]: Column}} */
const COLUMNS = {
  id: { name: "Run", value: (run) => run.id },
  recipe: { name: "Recipe", value: (run) => run.recipe ?? "", extra: true },
  data: { name: "Data", value: (run) => run.data ?? "", extra: true },
  state: { name: "State", value: (run) => run.state },
  quality: { name: "Best distance", value: (run) => run.quality?.best ?? Infinity },
  samples: { name: "Samples", value: (run) => run.samples, numeric: true, extra: true },
  seconds: { name: "Time", value: (run) => run.seconds, numeric: true, extra: true },
};

/**
 * @param {HTMLElement} root
 * @param {URLSearchParams} query what the address says: words to filter by, and the column to sort by
 * @returns {Promise<() => void>}
 */
export async function openList(root, query) {
  const list = new List(root, query);
  const stop = watchRuns((runs) => list.show(runs));
  await refreshRuns();
  return stop;
}

class List {
  /**
   * @param {HTMLElement} root
   * @param {URLSearchParams} query
   */
  constructor(root, query) {
    /** @type {RunSummary[]} */
    this.runs = [];
    /** @type {Map<string, ReturnType<typeof makeRow>>} */
    this.rows = new Map();
    /** @type {Set<string>} */
    this.chosen = new Set();
    this.words = query.get("find") ?? "";
    this.sort = query.get("sort") ?? ""; // a column's key, with "-" before it for the largest first
    this.search = h("input", { type: "search", value: this.words, placeholder: "Find runs", "aria-label": "Find runs",
      data: { testid: "find-runs" }, on: { input: () => {
        this.words = this.search.value;
        this.arrange();
      } } });
    this.heads = Object.entries(COLUMNS).map(([key, column]) => this.head(key, column));
    // Roles are said, because narrow screens show rows as cards, which takes their meaning from them.
    this.body = h("tbody", { role: "rowgroup" });
    const unseenHead = (/** @type {string} */ name) => h("th", { scope: "col", role: "columnheader" },
      h("span", { class: "unseen" }, name));
    this.table = h("div", { class: "card wide runs-table" }, h("table", { role: "table", data: { testid: "runs" } },
      h("caption", { class: "unseen" }, "All runs"), h("thead", { role: "rowgroup" },
        h("tr", { role: "row" }, unseenHead("Compare"), this.heads, unseenHead("Actions"))), this.body));
    this.none = h("p", { class: "empty", hidden: true },
      "No run has these words in its name, recipe, data or state.");
    this.empty = emptyPage("no-runs", { title: "No runs yet", label: "Train something", href: addressOf("start"),
      words: "Every training is kept here, with its record, its samples and its model." });
    this.tray = h("div", { class: "row tray", data: { testid: "tray" } });
    this.order = h("select", { class: "narrow", "aria-label": "Sort by", data: { testid: "sort" }, on: { change: () => {
      this.sort = this.order.value;
      this.arrange();
    } } }, h("option", { value: "" }, "Newest first"), Object.entries(COLUMNS).map(([key, { name }]) =>
      h("option", { value: key }, `By ${name.toLowerCase()}`)));
    this.tools = h("div", { class: "row spread" }, h("div", { class: "row" }, this.search, this.order), this.tray);
    fill(root, h("div", { class: "runs stack" }, h("h1", null, "Runs"), this.tools, this.table, this.none, this.empty));
  }

  /**
   * @param {string} key
   * @param {Column} column
   */
  head(key, { name, numeric, extra }) {
    const button = h("button", { class: "quiet sort", data: { testid: `sort-${key}` }, on: { click: () => {
      this.sort = this.sort === key ? `-${key}` : this.sort === `-${key}` ? "" : key;
      this.arrange();
    } } }, name);
    const look = [numeric && "number", extra && "extra"].filter(Boolean).join(" ");
    return h("th", { scope: "col", role: "columnheader", class: look, data: { key } }, button);
  }

  /** @param {RunSummary[]} runs newest first */
  show(runs) {
    this.runs = runs;
    const known = new Set(runs.map((run) => run.id));
    for (const id of this.rows.keys()) {
      if (!known.has(id)) {
        this.rows.delete(id);
        this.chosen.delete(id);
      }
    }
    for (const run of runs) {
      if (!this.rows.has(run.id)) {
        this.rows.set(run.id, makeRow(run.id, (chosen) => this.choose(run.id, chosen)));
      }
      this.rows.get(run.id)?.show(run);
    }
    this.arrange();
    this.showTray();
  }

  /** Puts the rows that are wanted in order, moving no more of them than it must: one of them may have the focus. */
  arrange() {
    const words = this.words.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = this.runs.filter((run) => {
      const text = `${run.id} ${run.recipe} ${run.data} ${run.state}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const key = this.sort.replace(/^-/, "");
    if (COLUMNS[key]) {
      const { value } = COLUMNS[key];
      const sign = this.sort.startsWith("-") ? -1 : 1;
      wanted.sort((a, b) => sign * compared(value(a), value(b)));
    }
    const rows = wanted.map((run) => /** @type {HTMLElement} */ (this.rows.get(run.id)?.element));
    if (rows.length !== this.body.children.length || rows.some((row, index) => this.body.children[index] !== row)) {
      const focused = document.activeElement;
      fill(this.body, rows);
      if (focused instanceof HTMLElement && this.body.contains(focused)) {
        focused.focus();
      }
    }
    for (const head of this.heads) {
      const order = head.dataset.key !== key ? null : this.sort.startsWith("-") ? "descending" : "ascending";
      order ? head.setAttribute("aria-sort", order) : head.removeAttribute("aria-sort");
    }
    this.order.value = key;
    this.empty.hidden = this.runs.length > 0;
    this.tools.hidden = !this.runs.length;
    this.table.hidden = !rows.length;
    this.none.hidden = !this.runs.length || rows.length > 0;
    rememberQuery({ ...this.words && { find: this.words }, ...this.sort && { sort: this.sort } });
  }

  /**
   * @param {string} id
   * @param {boolean} chosen
   */
  choose(id, chosen) {
    chosen ? this.chosen.add(id) : this.chosen.delete(id);
    this.showTray();
  }

  /** Says which runs are chosen, and offers to compare them. */
  showTray() {
    const full = this.chosen.size >= MOST;
    this.rows.forEach((row, id) => row.allow(!full || this.chosen.has(id)));
    fill(this.tray);
    if (!this.chosen.size) {
      add(this.tray, this.runs.length > 1 && h("span", { class: "soft" }, "Tick two to four runs to compare them"));
      return;
    }
    add(this.tray, h("span", { role: "status" }, this.chosen.size < 2 ? "1 run chosen; tick another" :
      `${counted(this.chosen.size, "run")} chosen${full ? ", which is the most" : ""}`),
    this.chosen.size > 1 && h("a", { class: "button primary", data: { testid: "compare" },
      href: addressOf("runs", null, { compare: [...this.chosen].join(",") }) }, "Compare"),
    h("button", { class: "quiet", data: { testid: "choose-none" }, on: { click: () => {
      this.chosen.clear();
      this.rows.forEach((row) => row.choose(false));
      this.showTray();
      this.search.focus();
    } } }, "None"));
  }
}

/**
 * @param {string | number} a
 * @param {string | number} b
 * @returns {number} below 0 where `a` comes first
 */
function compared(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    return a - b || 0; // two without a number are alike
  }
  return String(a).localeCompare(String(b), "en", { numeric: true });
}
