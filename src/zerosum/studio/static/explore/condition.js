// @ts-check
/** What rows are to be: conditions put together column by column, or written. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";

/** @typedef {import("./state.js").Column} Column */

const COMPARISONS = [["=", "is"], ["!=", "is not"], [">=", "is at least"], ["<=", "is at most"], [">", "is above"],
  ["<", "is below"]];
const CHOICES = COMPARISONS.slice(0, 2);
const RESERVED = ["and", "or", "not", "in", "is", "between", "missing", "null", "true", "false"];
const MISSING = [["is missing", "is missing"], ["is not missing", "is there"]];

const LISTENING = {
  any: "This model is told what single columns are to be; what it cannot be told is seen to by trying.",
  "one category": "This model is told one category; everything else is seen to by trying.",
  nothing: "This model is told nothing; rows are made until some are as asked.",
};

/**
 * @param {import("./state.js").Model} model
 * @param {(condition: string | null) => void} onCondition
 * @returns {{element: HTMLElement, show: (condition: string | null) => void, wrong: (sentence: string | null) => void}}
 */
export function makeCondition(model, onCondition) {
  const columns = model.columns ?? [];
  const problem = h("p", { class: "problem", id: "where-problem", role: "alert", hidden: true,
    data: { testid: "where-problem" } });
  const text = h("input", { class: "where", id: "where", spellcheck: "false", autocomplete: "off",
    placeholder: model.told?.examples[0] ?? "", data: { testid: "where" },
    on: { change: () => onCondition(text.value.trim() || null) } });
  const chips = h("div", { class: "picks", role: "group", "aria-label": "Conditions" });
  const builder = makeBuilder(columns, (added) => onCondition([...partsOf(text.value.trim()), added].join(" and ")));
  const hint = model.listens ? LISTENING[model.listens] : "";
  const element = h("div", { class: "stack" }, builder, chips,
    h("div", { class: "field" }, h("label", { for: "where" }, "Rows where"), text, h("span", { class: "help" }, hint)),
      problem);
  return {
    element,
    show: (condition) => {
      if (document.activeElement !== text || text.value.trim() === (condition ?? "")) {
        text.value = condition ?? "";
      }
      const parts = partsOf(condition ?? "");
      fill(chips, parts.map((part, index) => h("button", { class: "pick", title: "Take it away",
        "aria-label": `Take away: ${part}`, data: { testid: `condition-${index}` }, on: { click: () => {
          onCondition(parts.filter((_, at) => at !== index).join(" and ") || null);
          text.focus();
        } } }, part, icon("close"))));
      chips.hidden = !parts.length;
    },
    wrong: (sentence) => {
      problem.hidden = sentence === null;
      problem.textContent = sentence;
      text.setAttribute("aria-invalid", String(sentence !== null));
      text.setAttribute("aria-describedby", "where-problem");
    },
  };
}

/**
 * @param {Column[]} columns
 * @param {(condition: string) => void} onAdd
 */
function makeBuilder(columns, onAdd) {
  const named = (/** @type {string} */ name) => columns.find((column) => column.name === name) ?? columns[0];
  const which = h("select", { "aria-label": "Column", data: { testid: "condition-column" },
    on: { change: () => choose() } },
    columns.map((column) => h("option", { value: column.name }, column.name)));
  const how = h("select", { "aria-label": "Comparison", data: { testid: "condition-comparison" },
    on: { change: () => compare() } });
  const place = h("span");
  const add = h("button", { data: { testid: "condition-add" } }, "Add condition");
  /** @type {HTMLInputElement | HTMLSelectElement} */
  let value;
  const compare = () => {
    place.hidden = how.value.endsWith("missing");
  };
  const choose = () => {
    const column = named(which.value);
    fill(how, [...(column.number ? COMPARISONS : CHOICES), ...(column.missing ? MISSING : [])].map(([sign, words]) =>
      h("option", { value: sign }, words)));
    how.value = column.number ? ">=" : "=";
    value = valueField(column);
    fill(place, value);
    compare();
  };
  choose();
  return h("form", { class: "row builder", "aria-label": "A condition", on: { submit: (/** @type {Event} */ event) => {
    event.preventDefault();
    if (place.hidden || value.value.trim() !== "") {
      onAdd(conditionOf(named(which.value), how.value, value.value.trim()));
    } else {
      value.focus();
    }
  } } }, which, how, place, add);
}

/**
 * @param {Column} column
 * @returns {HTMLInputElement | HTMLSelectElement}
 */
function valueField({ name, number, levels, low, high }) {
  const common = { "aria-label": `Value of ${name}`, data: { testid: "condition-value" } };
  if (levels) {
    return h("select", common, levels.map((level) => h("option", { value: level }, level || "(empty)")));
  }
  return h("input", { ...common, placeholder: number ? `${low} to ${high}` : "value", autocomplete: "off" });
}

/**
 * A condition as the language of tables has it.
 * @param {Column} column
 * @param {string} sign
 * @param {string} value
 * @returns {string}
 */
export function conditionOf({ name, kind }, sign, value) {
  const plain = /^[A-Za-z_]\w*$/.test(name) && !RESERVED.includes(name.toLowerCase());
  const column = plain ? name : `"${name.replaceAll('"', '""')}"`;
  if (sign.endsWith("missing")) {
    return `${column} ${sign}`;
  }
  const bare = (kind === "integer" || kind === "decimal") && /^-?[\d.]+(e[+-]?\d+)?$/i.test(value);
  return `${column} ${sign} ${bare ? value : `'${value.replaceAll("'", "''")}'`}`;
}

/**
 * The conditions that all have to hold: what stands between the "and"s of an expression, but not of its parts.
 * @param {string} expression
 * @returns {string[]} the expression alone where it has an "or" of its own
 */
export function partsOf(expression) {
  const words = expression.match(/'(?:[^']|'')*'?|"(?:[^"]|"")*"?|`[^`]*`?|[()]|[^\s()'"`]+|\s+/g) ?? [];
  const parts = [""];
  let depth = 0;
  let between = false;
  for (const word of words) {
    const lower = word.toLowerCase();
    depth += Number(word === "(") - Number(word === ")");
    if (!depth && lower === "or") {
      return [expression];
    }
    if (!depth && lower === "and" && !between) {
      parts.push("");
      continue;
    }
    between = lower === "between" || (between && lower !== "and");
    parts[parts.length - 1] += word;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}
