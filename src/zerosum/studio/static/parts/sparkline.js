// @ts-check
/** A line as small as a word: how a number went, without axes. */

import { h } from "../core/dom.js";
import { number } from "../core/words.js";

const WIDE = 96;
const HIGH = 26;
const EDGE = 3; // units kept free for the dots

/**
 * Distances to the data over time, with the smallest marked by a ring and the latest by a dot.
 * @param {number[]} values oldest first; what is not finite is left out
 * @param {string} name what they are
 * @returns {Element}
 */
export function sparkline(values, name) {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) {
    return h("span", { class: "soft small" }, finite.length ? number(finite[0]) : "no looks yet");
  }
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const across = (/** @type {number} */ index) => EDGE + (WIDE - 2 * EDGE) * index / (finite.length - 1);
  // Distances fall by powers of ten at first; on a plain scale all that comes later would be one flat line.
  const scale = low > 0 ? Math.log : (/** @type {number} */ value) => value;
  const span = scale(high) - scale(low);
  const below = (/** @type {number} */ value) => span ? (scale(high) - scale(value)) / span : 0.5;
  const down = (/** @type {number} */ value) => EDGE + (HIGH - 2 * EDGE) * below(value);
  const points = finite.map((value, index) => `${across(index).toFixed(1)},${down(value).toFixed(1)}`).join(" ");
  const best = finite.indexOf(low);
  const last = finite.length - 1;
  const words = `${name}: from ${number(finite[0])} to ${number(finite[last])}, smallest ${number(low)}`;
  return h("svg", { class: "sparkline", viewBox: `0 0 ${WIDE} ${HIGH}`, width: WIDE, height: HIGH, role: "img",
    "aria-label": words }, h("title", null, words), h("polyline", { points, fill: "none", "stroke-linejoin": "round" }),
    h("circle", { class: "sparkline-best", cx: across(best), cy: down(low), r: 2.6, fill: "none" }),
    h("circle", { class: "sparkline-last", cx: across(last), cy: down(finite[last]), r: 1.9 }));
}
