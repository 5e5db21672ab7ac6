// @ts-check
/** All settings, in groups: a slider, a choice or a switch for each, made from `FIELDS`. */

import { add, fill, h } from "../core/dom.js";
import { OBJECTIVES } from "./engine/objectives.js";
import { PENALTIES } from "./engine/penalties.js";
import { FIELDS } from "./engine/settings.js";
import { makeSaving } from "./saving.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./engine/settings.js").Field} Field */
/** @typedef {import("./engine/settings.js").Settings} Settings */
/** @typedef {{element: HTMLElement, show: () => void}} Control */

/** Penalties that are at hand; the others are a click away. */
const AT_HAND = ["r1", "r2", "gradient-penalty"];
/** Weights of a penalty's slider, times its usual one. */
const WEIGHTS = [0, 0.1, 0.3, 1, 3, 10, 30, 100];

/**
 * @param {Board} board
 * @param {HTMLElement} data the picker of data, which is a group of its own
 * @returns {HTMLElement}
 */
export function makeControls(board, data) {
  /** @type {Control[]} */
  const controls = [];
  const keep = (/** @type {Control} */ control) => {
    controls.push(control);
    return control.element;
  };
  const of = (/** @type {(keyof Settings)[]} */ ...keys) => keys.map((key) => keep(makeControl(board, fieldOf(key))));
  const penalties = (/** @type {string[]} */ names) => names.map((name) => keep(makePenalty(board, name)));
  const equations = h("p", { class: "small soft pg-equations" });
  controls.push({ element: equations, show: () => {
    const { says, paper } = OBJECTIVES[board.settings.loss];
    fill(equations, says, h("br"), paper);
  } });
  const others = Object.keys(PENALTIES).filter((name) => !AT_HAND.includes(name));
  const element = h("section", { class: "pg-controls", "aria-label": "Settings" },
    group("Data", true, data),
    group("Loss", true, of("loss"), equations, of("players", "smooth")),
    group("Keeping D in check", true, penalties(AT_HAND), of("limit", "spectral"), h("details", { class: "pg-more" },
      h("summary", null, "More penalties"), penalties(others))),
    group("Learning", true, of("generatorRate", "discriminatorRate", "discriminatorSteps", "batch", "optimizer",
      "beta1", "beta2")),
    group("Networks", false, of("latentSize", "latentKind", "generatorDepth", "generatorWidth", "generatorActivation",
      "discriminatorDepth", "discriminatorWidth", "discriminatorActivation")),
    group("Steadying", false, of("average", "noise", "noiseRounds", "pack")),
    group("Files", false, makeSaving(board)));
  const show = () => controls.forEach((control) => control.show());
  board.listen(["settings"], show);
  show();
  return element;
}

/** @param {keyof Settings} key @returns {Field} */
function fieldOf(key) {
  return /** @type {Field} */ (FIELDS.find((field) => field.key === key));
}

/**
 * @param {string} title
 * @param {boolean} open
 * @param {...(HTMLElement | HTMLElement[])} children
 */
function group(title, open, ...children) {
  const element = h("details", { class: "card pg-group", open }, h("summary", null, h("h2", null, title)));
  add(element, ...children);
  return element;
}

/**
 * @param {Board} board
 * @param {Field} field
 * @returns {Control}
 */
function makeControl(board, field) {
  if (field.choices) {
    return makeChoice(board, field, field.choices);
  }
  return field.stops ? makeSlider(board, field, field.stops) : makeSwitch(board, field);
}

/** @param {Field} field @returns {string} with a word on what a change does */
function title({ help, fresh }) {
  return fresh ? `${help} A change begins a new game.` : help;
}

/** @param {boolean} [fresh] @returns {HTMLElement | false} a mark of what begins a new game */
function mark(fresh) {
  return fresh === true && h("span", { class: "pg-fresh", "aria-hidden": "true" }, "↺");
}

/**
 * @param {Board} board
 * @param {Field} field
 * @param {{[value: string]: string}} choices
 * @returns {Control}
 */
function makeChoice(board, field, choices) {
  const { key, label, fresh } = field;
  const select = h("select", { id: `pg-${key}`, title: title(field), data: { testid: `setting-${key}` },
    on: { change: () => board.change({ [key]: select.value }) } },
  Object.entries(choices).map(([value, name]) => h("option", { value }, name)));
  return {
    element: h("div", { class: "pg-choice" }, h("label", { for: `pg-${key}` }, label, mark(fresh)), select),
    show: () => {
      select.value = String(board.settings[key]);
    },
  };
}

/**
 * @param {Board} board
 * @param {Field} field
 * @param {number[]} stops
 * @returns {Control}
 */
function makeSlider(board, field, stops) {
  const { key, label, fresh } = field;
  const slider = sliderOf({ id: `pg-${key}`, testid: `setting-${key}`, label: [label, mark(fresh)], stops,
    title: title(field), change: (value) => board.change({ [key]: value }), inWords: String });
  return { element: slider.element, show: () => slider.show(Number(board.settings[key])) };
}

/**
 * @param {Board} board
 * @param {string} name
 * @returns {Control}
 */
function makePenalty(board, name) {
  const { label, says, paper, usual } = PENALTIES[name];
  const stops = WEIGHTS.map((factor) => Number((factor * usual).toPrecision(3)));
  const slider = sliderOf({ id: `pg-penalty-${name}`, testid: `penalty-${name}`, label: [label], stops,
    title: `${says} ${paper}`,
    change: (weight) => board.change({ penalties: { ...board.settings.penalties, [name]: weight } }),
    inWords: (weight) => (weight ? String(weight) : "off") });
  return { element: slider.element, show: () => slider.show(board.settings.penalties[name] ?? 0) };
}

/**
 * A slider over stops; it shows a value between them as it is.
 * @param {{id: string, testid: string, label: (string | HTMLElement | false)[], title: string, stops: number[],
 *   change: (value: number) => void, inWords: (value: number) => string}} settings
 * @returns {{element: HTMLElement, show: (value: number) => void}}
 */
function sliderOf({ id, testid, label, title, stops, change, inWords }) {
  const output = h("output", { class: "pg-value", for: id });
  const input = h("input", { type: "range", id, min: 0, max: stops.length - 1, step: 1, title, data: { testid },
    on: { input: () => change(stops[Number(input.value)]) } });
  return {
    element: h("div", { class: "pg-slider" }, h("label", { for: id }, label), output, input),
    show: (value) => {
      const nearest = stops.reduce((best, stop, index) =>
        (Math.abs(stop - value) < Math.abs(stops[best] - value) ? index : best), 0);
      input.value = String(nearest);
      output.textContent = inWords(value);
      input.setAttribute("aria-valuetext", inWords(value));
    },
  };
}

/**
 * @param {Board} board
 * @param {Field} field
 * @returns {Control}
 */
function makeSwitch(board, field) {
  const { key, label, fresh } = field;
  const input = h("input", { type: "checkbox", id: `pg-${key}`, title: title(field), data: { testid: `setting-${key}` },
    on: { change: () => board.change({ [key]: input.checked }) } });
  return {
    element: h("div", { class: "pg-switch" }, input, h("label", { for: `pg-${key}` }, label, mark(fresh))),
    show: () => {
      input.checked = board.settings[key] === true;
    },
  };
}
