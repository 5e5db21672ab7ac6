// @ts-check
/** The bar above every page: which run, what it does, and how it looks. */

import { addressOf, OF_RUN, readAddress } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { meanings } from "../core/keys.js";
import { left, watchRuns } from "../core/runs.js";
import { watchConnection } from "../core/stream.js";
import { showTheme, theme, turnTheme } from "../core/theme.js";
import { duration, number } from "../core/words.js";

/** @typedef {import("../core/runs.js").RunSummary} RunSummary */

/**
 * @param {HTMLElement} bar
 * @param {() => string | null} current the run that pages of a run show now
 */
export function makeBar(bar, current) {
  const picker = h("select", { "aria-label": "Run", hidden: true, data: { testid: "run-picker" }, on: { change: () => {
    const { page } = readAddress();
    location.hash = addressOf(OF_RUN.has(page) ? page : "train", picker.value);
  } } });
  const state = h("span", { class: "row", data: { testid: "run-state" } });
  const lost = h("span", { class: "pill warn", hidden: true, role: "status" }, "No connection, trying again");
  const turn = h("button", { class: "quiet icon", data: { testid: "theme" }, on: { click: turnTheme } });
  const help = h("button", { class: "quiet icon", "aria-label": "Keys", title: "Keys (?)", data: { testid: "help" },
    on: { click: showKeys } }, icon("help"));
  fill(bar, picker, state, h("span", { class: "rest" }), lost, turn, help);

  /** @type {RunSummary[]} */
  let runs = [];
  const show = () => {
    const id = current();
    picker.hidden = !runs.length;
    const listed = [...picker.options].map((option) => option.value).join("\n");
    if (listed !== runs.map((run) => run.id).join("\n")) {
      fill(picker, runs.map((run) => h("option", { value: run.id }, run.id)));
    }
    picker.value = id ?? "";
    const run = runs.find((one) => one.id === id);
    fill(state, run && [h("span", { class: `pill ${run.state}` }, run.state), h("span", { class: "soft small" },
      progressOf(run))]);
  };
  watchRuns((all) => {
    runs = all;
    show();
  });
  window.addEventListener("hashchange", show);
  watchConnection((connected) => {
    lost.hidden = connected;
  });
  document.addEventListener("theme", () => {
    const other = theme() === "dark" ? "light" : "dark";
    turn.setAttribute("aria-label", `Make it ${other}`);
    turn.title = `Make it ${other}`;
    fill(turn, icon(other === "dark" ? "moon" : "sun"));
  });
  showTheme();
}

/**
 * @param {RunSummary} run
 * @returns {string}
 */
function progressOf(run) {
  const seen = `${number(run.samples)} samples`;
  const rest = left(run);
  if (run.state !== "training" || run.speed === null) {
    return `${seen} in ${duration(run.seconds)}`;
  }
  return `${seen}, ${number(run.speed)} a second${rest === null ? "" : `, ${duration(rest)} left`}`;
}

/** Shows what keys do on this page. */
export function showKeys() {
  const names = { " ": "Space", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };
  const rows = meanings().map(([key, what]) => h("tr", null,
    h("td", null, h("kbd", null, names[/** @type {keyof typeof names} */ (key)] ?? key)), h("td", null, what)));
  const dialog = h("dialog", { "aria-label": "Keys", data: { testid: "keys" }, on: { close: () => dialog.remove() } },
    h("div", { class: "heading" }, h("h2", null, "Keys")), h("table", null, h("tbody", null, rows)),
    h("form", { method: "dialog", class: "row" }, h("button", { class: "primary" }, "Close")));
  document.body.append(dialog);
  dialog.showModal();
}
