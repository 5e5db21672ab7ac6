// @ts-check
/** How compared runs are told apart: by a letter, a colour, and the dashes and marks of their lines. */

import { h } from "../core/dom.js";

/** Tones, dashes and marks of the first, second, third and fourth run. */
export const LOOKS = /** @type {const} */ ([
  { tone: "fourth", dash: "solid", marker: "circle" },
  { tone: "fake", dash: "dashed", marker: "diamond" },
  { tone: "third", dash: "dotted", marker: "square" },
  { tone: "real", dash: "solid", marker: "none" },
]);

/**
 * @param {number} index from 0
 * @returns {HTMLElement}
 */
export function letter(index) {
  return h("span", { class: `letter tone-${LOOKS[index].tone}`, "aria-hidden": "true" }, nameOf(index));
}

/**
 * @param {number} index from 0
 * @returns {string} "A" and so on
 */
export function nameOf(index) {
  return "ABCD"[index];
}
