// @ts-check
/** What the columns of a table are taken for, why, and what will be done with them; each can be set right. */

import { h } from "../core/dom.js";
import { number } from "../core/words.js";

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} kind
 * @property {string} why
 * @property {number} missing share of the rows
 * @property {number} distinct entries
 * @property {string} done with it
 */

const HEADS = ["Column", "Kind", "Why", "Missing", "Distinct", "What is done with it"];
const NUMBERS = new Set(["Missing", "Distinct"]);

/**
 * @param {Column[]} columns
 * @param {string[]} kinds that a column can have
 * @param {{[name: string]: string}} changed kinds that were chosen, by column
 * @param {(changed: {[name: string]: string}) => void} onChange
 * @returns {HTMLElement}
 */
export function columnsCard(columns, kinds, changed, onChange) {
  const rows = columns.map((column) => {
    const select = h("select", { "aria-label": `Kind of ${column.name}`, value: changed[column.name] ?? column.kind,
      data: { testid: `kind-${column.name}` }, on: { change: () => {
        onChange({ ...changed, [column.name]: select.value });
      } } }, [...new Set([column.kind, ...kinds])].map((kind) => h("option", { value: kind }, kind)));
    return h("tr", { role: "row" }, h("th", { scope: "row", role: "rowheader" }, column.name), cell("", "", select),
      cell("soft small", "", changed[column.name] ? "as you said" : column.why),
      column.missing ? cell("number", "missing", `${number(100 * column.missing, 2)} %`)
        : cell("number nothing", "missing", "\u2013"),
      cell("number", "distinct", number(column.distinct)), cell("small", "", column.done));
  });
  const again = Object.keys(changed).length > 0 && h("button", { class: "quiet", data: { testid: "columns-reset" },
    on: { click: () => onChange({}) } }, "As they were found");
  return h("div", { class: "card columns", data: { testid: "columns" } },
    h("div", { class: "heading spread" }, h("h2", { id: "columns" }, "Columns"), again),
    h("div", { class: "wide", tabindex: 0, role: "region", "aria-labelledby": "columns" }, h("table", { role: "table" },
      h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, HEADS.map((name) => h("th", { scope: "col",
        role: "columnheader", class: NUMBERS.has(name) ? "number" : "" }, name)))),
      h("tbody", { role: "rowgroup" }, rows))));
}

/**
 * @param {string} look class
 * @param {string} name shown before it where there is no room for a table
 * @param {import("../core/dom.js").Child} child
 */
function cell(look, name, child) {
  return h("td", { role: "cell", class: look, "data-name": name || null }, child);
}
