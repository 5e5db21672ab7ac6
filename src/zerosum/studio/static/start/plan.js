// @ts-check
/** What is to be trained: data, a recipe, and what was changed of all settings, in one form or another. */

import { get } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { chosen, makeForm } from "../parts/form.js";

/** @typedef {import("../parts/form.js").Form} Form */
/** @typedef {import("../parts/form.js").Changes} Changes */
/** @typedef {import("./data.js").Data} Data */

/** Settings that stand beside the data, by which they are read. */
const OF_DATA = new Set(["options.size", "options.mirror", "options.conditional"]);
/** Settings that stand beside the button. */
const OF_TRAINING = new Set(["run.minutes"]);
/** Settings that have a place of their own: the kinds of columns stand in their table. */
const ELSEWHERE = new Set(["options.column"]);

/**
 * @typedef {object} Settings
 * @property {Form} ofData
 * @property {Form} ofTraining
 * @property {HTMLElement} others all other settings, folded away
 * @property {() => Changes} changes what was changed: {run, settings, options}
 * @property {(changes: Changes) => void} show
 * @property {(sentence: string) => string} refuse shows a refusal at the setting that it is about, if there is one, and
 *   returns it as it is shown
 * @property {() => void} accept takes refusals away
 * @property {() => void} focus goes to the setting that was refused
 */

/**
 * @param {Data} data
 * @param {{recipe: string, preset: string | null}} choice
 * @returns {Promise<{data: string, fields: import("../parts/control.js").Field[]}>} the data's id as the recipe reads
 *   them, and the groups "run", "settings" and "options"
 */
export async function fieldsFor(data, { recipe, preset }) {
  const query = new URLSearchParams({ recipe, data: data.data, ...(preset === null ? {} : { preset }) });
  const form = await get(`/api/form?${query}`);
  const { fields } = form;
  const minutes = fields.find((/** @type {any} */ group) => group.name === "run")?.fields
    .find((/** @type {any} */ field) => field.name === "minutes");
  if (minutes) {
    minutes.value ??= data.minutes;
    minutes.help = "You can pause, stop or extend the training at any time.";
  }
  return form;
}

/**
 * @param {import("../parts/control.js").Field[]} fields
 * @param {{onOptions: () => void, onSettings: () => void}} heard of changes by hand: of how data are read, of all else
 * @returns {Settings}
 */
export function makeSettings(fields, { onOptions, onSettings }) {
  const ofData = makeForm(chosen(fields, OF_DATA, false), onOptions, { bare: true });
  const ofTraining = makeForm(chosen(fields, OF_TRAINING, false), onSettings, { bare: true });
  const shown = new Set([...OF_DATA, ...OF_TRAINING, ...ELSEWHERE]);
  let options = "{}";
  const rest = makeForm(chosen(fields, shown, true), () => {
    const now = JSON.stringify(rest.changes().options ?? {});
    const read = now !== options;
    options = now;
    count();
    (read ? onOptions : onSettings)();
  });
  const forms = [ofData, ofTraining, rest];
  const summary = h("summary", { data: { testid: "all-settings" } });
  const count = () => fill(summary, "All settings", rest.count() > 0 &&
    h("span", { class: "chip", data: { testid: "changed-count" } }, `${rest.count()} changed`));
  count();
  return {
    ofData,
    ofTraining,
    others: folded(rest, summary, count, onSettings),
    changes: () => forms.map((form) => form.changes()).reduce(merged, {}),
    show: (changes) => {
      forms.forEach((form) => form.show(changes));
      options = JSON.stringify(rest.changes().options ?? {});
      count();
    },
    refuse: (sentence) => ofData.refuse(sentence) ?? ofTraining.refuse(sentence) ?? rest.refuse(sentence) ?? sentence,
    accept: () => forms.forEach((form) => form.accept()),
    focus: () => forms.forEach((form) => form.focus()),
  };
}

/**
 * @param {Form} form
 * @param {HTMLElement} summary
 * @param {() => void} count
 * @param {() => void} onChange
 * @returns {HTMLElement}
 */
function folded(form, summary, count, onChange) {
  const none = h("p", { class: "soft", hidden: true }, "No setting is about that.");
  const search = h("input", { type: "search", placeholder: "Find a setting", "aria-label": "Find a setting",
    data: { testid: "find-setting" }, on: { input: () => {
      none.hidden = form.find(search.value) > 0;
    } } });
  const reset = h("button", { class: "quiet", data: { testid: "reset-all" }, on: { click: () => {
    form.show({});
    count();
    onChange();
  } } }, "Back to the usual values");
  return h("details", { class: "card all-settings" }, summary,
    h("div", { class: "row spread tools" }, search, reset), none, form.element);
}

/**
 * @param {Changes} some
 * @param {Changes} others
 * @returns {Changes} both; of two values for one setting, the other's
 */
export function merged(some, others) {
  const all = { ...some };
  for (const [name, value] of Object.entries(others)) {
    const both = isGroup(all[name]) && isGroup(value);
    all[name] = both ? merged(all[name], value) : value;
  }
  return all;
}

/** @param {any} value */
function isGroup(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
