// @ts-check
/** What is shown, as something to take along: a command, a few lines of Python, a link. */

import { h } from "../core/dom.js";
import { makeCommand } from "../parts/command.js";
import { placeOf, seedWords } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Model} Model */

const RATE = 24;

/**
 * @returns {{element: HTMLElement, show: (command: string, python: string, link: string) => void}} link: an address's hash
 */
export function makeCommands() {
  const kinds = [["Command", "command"], ["Python", "Python"], ["Link", "link"]];
  const lines = kinds.map(([words, what]) => ({ words, ...makeCommand(`as-${what.toLowerCase()}`, what) }));
  const element = h("details", { class: "card copy-as", data: { testid: "copy-as" } }, h("summary", null, "Copy as"),
    h("div", { class: "stack" }, lines.map(({ words, element: line }) => h("div", { class: "stack close-stack" },
      h("h3", null, words), line))));
  return { element, show: (command, python, link) => [command, python, `${location.origin}/${link}`]
    .forEach((text, index) => lines[index].show(text)) };
}

/**
 * The command that draws the same: the plainest one that can.
 * @param {State} state
 * @param {Model} model
 * @returns {string}
 */
export function commandOf(state, model) {
  const { path } = model;
  const plain = !state.moves.some((move) => move.strength !== 0);
  const numbers = (/** @type {import("./state.js").Seed[]} */ seeds) => seeds.every((seed) => typeof seed === "number");
  const flags = flagsOf(state, model);
  const one = state.tab === "sample" || state.tab === "photo";
  if (one && plain && numbers([state.seed]) && !(state.space === "w" && state.truncation !== null)) {
    return line("zerosum sample", path, "--seeds", state.seed, ...toldFlags(state, model), ...truncationFlags(state));
  }
  if (state.tab === "way" && plain && numbers(state.ends)) {
    return line("zerosum explore interpolate", path, "--seeds", state.ends.join(","), "--steps", state.frames,
      ...(state.closed ? ["--loop"] : []), ...flags, "--out", "way.gif", "--rate", RATE);
  }
  if (state.tab === "arithmetic" && plain && state.near === null && state.condition === null && state.trays.flat().length) {
    return line("zerosum explore arithmetic", path, expressionOf(state), ...flags);
  }
  if (state.tab === "mix" && plain && numbers([state.seed, state.other])) {
    return line("zerosum explore mix", path, "--rows", state.seed, "--columns", state.other, "--layers",
      state.layers.join("-"), ...flags);
  }
  const { space: _, ...place } = placeOf(state);
  return line("zerosum explore show", path, JSON.stringify(place), ...spaceFlags(state, model));
}

/**
 * @param {State} state
 * @param {Model} model
 * @returns {string}
 */
export function pythonOf(state, model) {
  const { space, ...place } = placeOf(state);
  const chosen = space === model.spaces[0] ? "" : `, space=${literal(space)}`;
  return ["import zerosum", "", `explorer = zerosum.explore(${literal(model.path)}${chosen})`,
    `pictures = explorer.show(${literal(place)})`, 'pictures.rows  # uint8 (1, height, width, channels)',
    'pictures.write("picture.png")'].join("\n");
}

/**
 * Trays as an expression of `zerosum explore arithmetic`; each name is a concept of its own, and counts as many samples.
 * @param {State} state
 * @returns {string}
 */
function expressionOf({ trays }) {
  const terms = trays.flatMap((seeds, tray) => {
    const sign = tray === 1 ? "-" : "+";
    const numbers = seeds.filter((seed) => typeof seed === "number");
    const names = seeds.filter((seed) => typeof seed === "string");
    const factor = (/** @type {number} */ count) => (count === seeds.length ? "" : `${Number((count / seeds.length).toFixed(6))}*`);
    return [...(numbers.length ? [`${sign} ${factor(numbers.length)}seeds:${numbers.join(",")}`] : []),
      ...names.map((name) => `${sign} ${factor(1)}${seedWords(name)}`)];
  });
  return terms.join(" ").replace(/^\+ /, "");
}

/**
 * @param {State} state
 * @param {Model} model
 */
function flagsOf(state, model) {
  return [...toldFlags(state, model), ...truncationFlags(state), ...spaceFlags(state, model)];
}

/**
 * @param {State} state
 * @param {Model} model
 * @returns {string[]}
 */
function toldFlags({ condition }, { told }) {
  return condition === null || told === null ? [] : [told.flag, condition];
}

/**
 * @param {State} state
 * @returns {(string | number)[]}
 */
function truncationFlags({ truncation }) {
  return truncation === null ? [] : ["--truncation", truncation];
}

/**
 * @param {State} state
 * @param {Model} model
 * @returns {string[]}
 */
function spaceFlags({ space }, { spaces }) {
  return space === spaces[0] ? [] : ["--space", space];
}

/**
 * @param {string} verb
 * @param {...(string | number)} words
 * @returns {string} with quotes for the shell where they are needed
 */
export function line(verb, ...words) {
  return [verb, ...words.map((word) => quoted(String(word)))].join(" ");
}

/**
 * @param {string} word
 * @returns {string}
 */
function quoted(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\"'\"'")}'`;
}

/**
 * A value as Python writes it.
 * @param {unknown} value
 * @returns {string}
 */
export function literal(value) {
  if (value === null || value === undefined) {
    return "None";
  }
  if (typeof value === "boolean") {
    return value ? "True" : "False";
  }
  if (Array.isArray(value)) {
    return `[${value.map(literal).join(", ")}]`;
  }
  if (typeof value === "object") {
    return `{${Object.entries(value).map(([name, part]) => `${literal(name)}: ${literal(part)}`).join(", ")}}`;
  }
  return JSON.stringify(value);
}
