// @ts-check
/** A form of settings, made from what the server says of them. It holds what was changed, and nothing else. */

import { h } from "../core/dom.js";
import { makeControl } from "./control.js";

/** @typedef {import("./control.js").Field} Field */
/** @typedef {import("./control.js").Control} Control */
/** @typedef {{[name: string]: any}} Changes nested as the fields are */

/**
 * @typedef {object} Form
 * @property {HTMLElement} element
 * @property {() => Changes} changes what was changed from the usual values
 * @property {() => number} count how many settings were changed
 * @property {(changes: Changes) => void} show takes these changes, and the usual values for all others
 * @property {(sentence: string) => string | null} refuse shows a refusal at the setting that it is about; returns it as
 *   it is shown, or null where it is about none of these
 * @property {() => void} focus goes to the first setting that was refused, if there is one
 * @property {() => void} accept takes refusals away
 * @property {(words: string) => number} find shows only settings in whose name or help all words occur, and counts them
 */

/**
 * @param {Field[]} fields
 * @param {() => void} onChange called when a setting was changed by hand
 * @param {{bare?: boolean}} [look] bare: the outermost groups are not shown as such
 * @returns {Form}
 */
export function makeForm(fields, onChange, { bare = false } = {}) {
  /** @type {Control[]} */
  const controls = [];
  const element = h("div", { class: "settings" }, fields.map((field) => bare && field.kind === "group"
    ? (field.fields ?? []).map((part) => build(part, [field.name], controls, onChange))
    : [build(field, [], controls, onChange)]).flat());
  return {
    element,
    changes: () => nested(controls.filter((control) => control.changed())),
    count: () => controls.filter((control) => control.changed()).length,
    show: (changes) => controls.forEach((control) => {
      const value = control.path.reduce((/** @type {any} */ part, name) => part?.[name], changes);
      control.show(value === undefined ? control.field.value : value);
    }),
    refuse: (sentence) => {
      const blamed = controls.find((control) => isNamed(control, namedIn(sentence)))
        ?? controls.find((control) => control.changed() && isMeant(control, sentence));
      if (blamed === undefined) {
        return null;
      }
      const shown = inLabels(sentence, controls);
      blamed.element.closest("details")?.setAttribute("open", "");
      blamed.refuse(shown);
      return shown;
    },
    focus: () => controls.find((control) => control.refused())?.focus(),
    accept: () => controls.forEach((control) => control.refuse(null)),
    find: (words) => find(element, controls, words),
  };
}

/**
 * @param {Field} field
 * @param {string[]} groups names of those it is in
 * @param {Control[]} controls gets the controls that are made
 * @param {() => void} onChange
 * @returns {HTMLElement}
 */
function build(field, groups, controls, onChange) {
  const path = [...groups, field.name];
  if (field.kind === "group") {
    return h("fieldset", { class: "group" }, h("legend", null, field.label), field.help &&
      h("p", { class: "soft small" }, field.help), h("div", { class: "settings" },
      (field.fields ?? []).map((part) => build(part, path, controls, onChange))));
  }
  const control = makeControl(field, path, onChange);
  controls.push(control);
  return control.element;
}

/**
 * @param {Control[]} controls
 * @returns {Changes}
 */
function nested(controls) {
  /** @type {Changes} */
  const all = {};
  for (const { path, read } of controls) {
    let place = all;
    for (const name of path.slice(0, -1)) {
      place = place[name] ??= {};
    }
    place[path[path.length - 1]] = read();
  }
  return all;
}

/** How flags are written: "--optimizer.rate". */
const FLAG = /--([a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)*)/g;
/** How settings are named that have no flag to be named by: "r3gan.optimizer.rate is ...". */
const DOTTED = /(?<![\w.-])\w[\w-]*\.([a-z_][\w.]*)(?= (?:is|has|must) )/g;

/**
 * The settings that a sentence of the server names: as flags, or as "recipe.setting is ...".
 * @param {string} sentence
 * @returns {string[]} dotted names
 */
export function namedIn(sentence) {
  const flags = [...sentence.matchAll(FLAG)].map((match) => match[1]);
  const dotted = [...sentence.matchAll(DOTTED)].map((match) => match[1]);
  return [...dotted, ...flags].map((name) => name.replaceAll("-", "_"));
}

/**
 * @param {Control} control
 * @param {string[]} names dotted, the first the likeliest
 * @returns {boolean} whether the control is what the first of them says
 */
function isNamed(control, names) {
  // The first is the outermost group, "run", "settings" or "options", which flags do not say.
  return names.length > 0 && control.path.slice(1).join(".") === names[0];
}

/**
 * Whether a sentence that names no setting is about this one: it says its name as a word, as in "Adam's betas are ...",
 * or quotes its value, as in: There is no penalty "r9".
 * @param {Control} control
 * @param {string} sentence
 * @returns {boolean}
 */
function isMeant(control, sentence) {
  const words = sentence.split(/[^\w]+/);
  const value = control.read();
  const quoted = [...sentence.matchAll(/"([^"]+)"/g)].some((match) => String(value).includes(match[1]));
  return words.includes(control.field.name) || typeof value === "string" && quoted;
}

/**
 * The sentence with labels for flags, where a form has no flags.
 * @param {string} sentence
 * @param {Control[]} controls
 * @returns {string}
 */
function inLabels(sentence, controls) {
  const inLabel = (/** @type {string} */ said, /** @type {string} */ name) =>
    controls.find((control) => isNamed(control, [name.replaceAll("-", "_")]))?.field.label ?? said;
  return sentence.replace(DOTTED, inLabel).replace(FLAG, inLabel);
}

/**
 * @param {HTMLElement} element
 * @param {Control[]} controls
 * @param {string} words
 * @returns {number}
 */
function find(element, controls, words) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const control of controls) {
    const text = `${control.path.join(" ")} ${control.field.label} ${control.field.help}`.toLowerCase();
    control.element.hidden = !wanted.every((word) => text.includes(word));
    found += control.element.hidden ? 0 : 1;
  }
  for (const group of element.querySelectorAll("fieldset")) {
    group.hidden = !group.querySelector(".setting:not([hidden])");
  }
  return found;
}

/**
 * The fields at these dotted names, in their groups; or with `others`, all but these.
 * @param {Field[]} fields
 * @param {Set<string>} names
 * @param {boolean} others
 * @param {string[]} [groups]
 * @returns {Field[]}
 */
export function chosen(fields, names, others, groups = []) {
  return fields.flatMap((field) => {
    const path = [...groups, field.name];
    if (field.kind === "group") {
      const parts = chosen(field.fields ?? [], names, others, path);
      return parts.length ? [{ ...field, fields: parts }] : [];
    }
    return names.has(path.join(".")) === others ? [] : [field];
  });
}
