// @ts-check
/** What stands at the axes of charts: which heights are named, and how numbers are written there. */

import { number } from "../core/words.js";

/**
 * A number on an axis: short.
 * @param {number} value
 * @param {"number" | "share" | "seconds"} [unit]
 * @returns {string}
 */
export function tick(value, unit = "number") {
  if (unit === "share") {
    return `${Number((100 * value).toPrecision(3))} %`;
  }
  if (unit === "seconds") {
    const [size, name] = value >= 3600 ? [3600, "h"] : value >= 60 ? [60, "min"] : [1, "s"];
    return `${Number((value / size).toPrecision(3))} ${name}`;
  }
  const size = Math.abs(value);
  if (size >= 1e9) {
    return value.toExponential(0).replace("e+", "e");
  }
  if (size >= 1e6) {
    return `${Number((value / 1e6).toPrecision(4))} M`;
  }
  if (size >= 1e4) {
    return `${Number((value / 1e3).toPrecision(4))} k`;
  }
  return size && size < 1e-3 ? value.toExponential(0) : String(Number(value.toPrecision(4)));
}

/**
 * Heights that a logarithmic axis names: powers of ten, and 2 and 5 times these where there are few.
 * @param {unknown} _
 * @param {number} __
 * @param {number} low
 * @param {number} high
 * @returns {number[]}
 */
export function decades(_, __, low, high) {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const factors = to - from <= 2 ? [1, 2, 5] : [1];
  const step = Math.max(1, Math.ceil((to - from) / 6));
  const found = [];
  for (let power = from; power <= to; power += step) {
    found.push(...factors.map((factor) => Number(`${factor}e${power}`)));
  }
  return found.filter((height) => height >= low && height <= high);
}

/**
 * A place on the axis of samples or seconds.
 * @param {number} x
 * @param {string} axis
 * @returns {string}
 */
export function placeWord(x, axis) {
  return axis === "seconds" ? tick(x, "seconds") : `${number(x, 6)} ${axis}`;
}
