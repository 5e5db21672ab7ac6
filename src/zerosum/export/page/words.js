// @ts-check
/** @import { Description, State, Told } from "./types.js" */

/**
 * @param {number} share
 * @returns {string} As in "40 %".
 */
export function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/**
 * @param {number} value
 * @param {number} digits Behind the point.
 * @returns {string} With a minus that is as wide as a plus.
 */
export function signed(value, digits) {
  return value.toFixed(digits).replace("-", "\u2212");
}

/**
 * What is shown, in words.
 * @param {Description} model
 * @param {State} state
 * @param {Told} told What it was told to be.
 * @returns {string}
 */
export function placeText(model, state, told) {
  const moved = state.moves.some((strength) => strength !== 0) ? "moved along directions" : "";
  return [whereText(state), toldText(model, told), moved].filter((part) => part !== "").join(", ");
}

/**
 * @param {State} state
 * @returns {string}
 */
function whereText({ corners, x, y, end, way }) {
  if (way !== null) {
    return `${percent(way)} of the way from sample ${corners[0]} to sample ${end}`;
  }
  if ([0, 1].includes(x) && [0, 1].includes(y)) {
    return `Sample ${corners[x + 2 * y]}`;
  }
  const [a, b, c, d] = corners;
  return `Between samples ${a}, ${b}, ${c} and ${d}: ${percent(x)} across, ${percent(y)} down`;
}

/**
 * @param {Description} model
 * @param {Told} told
 * @returns {string}
 */
function toldText({ known }, told) {
  if (known === null || told === null) {
    return "";
  }
  return typeof told === "number"
    ? `class ${known.names[told]}`
    : known.names.filter((_, i) => told[i] > 0.5).join(", ");
}
