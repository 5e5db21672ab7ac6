// @ts-check
/** What is shown, as something to take along: a command, a few lines of Python, a link. */

import { h } from "../core/dom.js";
import { makeCommand } from "../parts/command.js";
import { placeOf } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Model} Model */

/**
 * @returns {{element: HTMLElement, show: (command: string, python: string, link: string) => void}} link: the hash of an
 *   address
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
 * The command that writes the very picture: the plainer one of the two that can.
 * @param {State} state
 * @param {Model} model
 * @returns {string}
 */
export function commandOf(state, model) {
  const { tab, seed, space, truncation } = state;
  const one = (tab === "sample" || tab === "photo") && typeof seed === "number";
  if (one && !moves(state) && !(space === "w" && truncation !== null)) {
    return line("zerosum sample", model.path, "--seeds", seed, ...toldFlags(state, model), ...truncationFlags(state));
  }
  const { space: _, ...place } = placeOf(state);
  return line("zerosum explore show", model.path, JSON.stringify(place), ...spaceFlags(state, model));
}

/**
 * The command that writes the film of a way.
 * @param {State} state
 * @param {Model} model
 * @returns {string | null} null where no command says as much
 */
export function filmCommandOf(state, model) {
  const { ends, frames, closed } = state;
  return moves(state) || ends.some((end) => typeof end === "string") ? null
    : line("zerosum explore interpolate", model.path, "--seeds", ends.join(","), "--steps", frames,
      ...(closed ? ["--loop"] : []),
      ...toldFlags(state, model), ...truncationFlags(state), ...spaceFlags(state, model), "--out", "film.gif");
}

/**
 * @param {State} state
 * @returns {boolean} whether anything moves along directions
 */
function moves(state) {
  return state.moves.some((move) => move.strength !== 0);
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
