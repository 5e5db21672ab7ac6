// @ts-check
/** One setting's control: made of its kind, read as JSON, and shown with its help, and with what is wrong with it. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";

/**
 * What the server says of a setting.
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {string} help
 * @property {"number" | "integer" | "choice" | "switch" | "text" | "list" | "group"} kind
 * @property {any} value the usual one
 * @property {(string | number)[]} [choices]
 * @property {boolean} [optional] whether it may be left open, which is null
 * @property {"number" | "integer" | "text"} [of] what a list's parts are
 * @property {Field[]} [fields] those of a group
 */

/**
 * @typedef {object} Control
 * @property {string[]} path names of the groups that it is in, and its own
 * @property {Field} field
 * @property {HTMLElement} element
 * @property {() => any} read the value, as JSON
 * @property {(value: any) => void} show a value
 * @property {() => boolean} changed whether the value is another than the usual one
 * @property {(sentence: string | null) => void} refuse says what is wrong; null for nothing
 * @property {() => boolean} refused whether something is said to be wrong
 * @property {() => void} focus
 */

let made = 0;

/**
 * @param {Field} field of any kind but a group
 * @param {string[]} path
 * @param {() => void} onChange called when the value was changed by hand
 * @returns {Control}
 */
export function makeControl(field, path, onChange) {
  const id = `setting-${++made}`;
  const testid = path.join(".");
  const attributes = { id, "aria-describedby": `${id}-help ${id}-wrong`, data: { testid } };
  const { input, read, show } = makeInput(field, attributes);
  const wrong = h("p", { class: "wrong", id: `${id}-wrong`, hidden: true });
  const reset = h("button", { type: "button", class: "quiet reset", hidden: true,
    data: { testid: `${testid}-reset` }, on: { click: () => {
      show(field.value);
      input.focus();
      heard();
    } } }, icon("undo"), h("span", null, `Back to ${spelled(field)}`));
  const label = h("label", { for: id }, field.label);
  const ticked = field.kind === "switch" && !field.optional;
  // The way back has its place beside the label: nothing may move while somebody presses the button below.
  const head = h("div", { class: "setting-head" },
    ticked ? h("div", { class: "row tight" }, input, label) : label, reset);
  const element = h("div", { class: "field setting", data: { setting: testid } }, head, !ticked && input, wrong,
    h("p", { class: "help", id: `${id}-help`, hidden: !field.help }, field.help));
  const changed = () => JSON.stringify(read()) !== JSON.stringify(field.value);
  const heard = () => {
    refuse(unreadable(input));
    mark();
    if (!refused()) {
      onChange();
    }
  };
  const refused = () => !wrong.hidden;
  const mark = () => {
    element.classList.toggle("changed", changed());
    reset.hidden = !changed();
  };
  /** @param {string | null} sentence */
  const refuse = (sentence) => {
    wrong.hidden = sentence === null;
    wrong.textContent = sentence ?? "";
    input.setAttribute("aria-invalid", String(sentence !== null));
  };
  input.addEventListener("change", heard);
  show(field.value);
  return { path, field, element, read, changed, refuse, refused, focus: () => input.focus(), show: (value) => {
    show(value);
    refuse(null);
    mark();
  } };
}

/**
 * @param {Field} field
 * @param {import("../core/dom.js").Attributes} attributes
 * @returns {{input: HTMLElement, read: () => any, show: (value: any) => void}}
 */
function makeInput(field, attributes) {
  if (field.kind === "choice" || field.kind === "switch" && field.optional) {
    return makeSelect(field, attributes);
  }
  if (field.kind === "switch") {
    const input = h("input", { ...attributes, type: "checkbox" });
    return { input, read: () => input.checked, show: (value) => {
      input.checked = Boolean(value);
    } };
  }
  const numeric = field.kind === "number" || field.kind === "integer";
  const input = h("input", { ...attributes, type: numeric ? "number" : "text", autocomplete: "off",
    spellcheck: "false", required: numeric && !field.optional, step: field.kind === "integer" ? 1 : numeric && "any",
    placeholder: field.optional && field.value === null && "not set" });
  const read = () => {
    const text = input.value.trim();
    if (field.kind === "list") {
      const parts = text.split(",").map((part) => part.trim()).filter(Boolean);
      return parts.map((part) => number(part, field.of !== "text"));
    }
    if (text === "" && (field.optional || numeric)) {
      return null;
    }
    return number(text, numeric);
  };
  return { input, read, show: (value) => {
    input.value = value === null ? "" : Array.isArray(value) ? value.join(", ") : String(value);
  } };
}

/**
 * What is wrong with what was typed where not even the browser can read it.
 * @param {HTMLElement} input
 * @returns {string | null}
 */
function unreadable(input) {
  if (!(input instanceof HTMLInputElement) || input.validity.valid) {
    return null;
  }
  return input.validity.stepMismatch ? "This must be a whole number." : "This must be a number.";
}

/**
 * A choice, in which what may be left open is a choice too.
 * @param {Field} field
 * @param {import("../core/dom.js").Attributes} attributes
 */
function makeSelect(field, attributes) {
  const choices = field.kind === "switch" ? [true, false] : field.choices ?? [];
  const all = field.optional ? [null, ...choices] : choices;
  const input = h("select", attributes, all.map((choice, index) => h("option", { value: index }, inWords(choice))));
  return { input, read: () => all[Number(input.value)], show: (/** @type {any} */ value) => {
    input.value = String(Math.max(0, all.indexOf(value)));
  } };
}

/**
 * A number where one is meant and typed; else the text as it is, for the server to refuse.
 * @param {string} text
 * @param {boolean} meant
 * @returns {number | string}
 */
function number(text, meant) {
  return meant && text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/**
 * @param {Field} field
 * @returns {string} its usual value
 */
function spelled(field) {
  return field.value === "" ? "nothing" : inWords(field.value);
}

/**
 * @param {any} value
 * @returns {string}
 */
export function inWords(value) {
  if (Array.isArray(value)) {
    return value.length ? value.map(inWords).join(", ") : "nothing";
  }
  if (typeof value === "boolean") {
    return value ? "yes" : "no";
  }
  if (typeof value === "number") {
    return value.toLocaleString("en", { maximumSignificantDigits: 12 });
  }
  return value === null ? "not set" : String(value);
}
