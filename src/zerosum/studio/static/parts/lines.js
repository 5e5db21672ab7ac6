// @ts-check
/** Lines of a chart as numbers: put on one axis, calmed, thinned for a table, written as CSV. No elements here. */

/** @typedef {number | null | undefined} Value */

/**
 * @typedef {object} Line
 * @property {string} name what it is called, as in the legend
 * @property {ArrayLike<number>} x in increasing order
 * @property {ArrayLike<Value>} y one for each x; null where there is none
 * @property {string} tone the colour's token: "real", "fake", "third", "fourth", "ink", "soft"
 * @property {"solid" | "dashed" | "dotted"} [dash]
 * @property {"circle" | "square" | "diamond" | "none"} [marker] drawn on it here and there
 * @property {boolean} [noisy] drawn faintly, and its running median in full
 */

/** Numbers a running median is taken of, at most; fewer of short lines. */
const WIDEST = 41;

/** Places that it is taken at, at most. */
const CENTRES = 300;

/**
 * Puts lines on one axis.
 * @param {Line[]} lines
 * @returns {{x: number[], ys: Value[][]}} each line's values at all x; undefined where it has no point
 */
export function aligned(lines) {
  const first = lines[0]?.x ?? [];
  if (lines.every((line) => line.x === first)) {
    return { x: Array.from(first), ys: lines.map((line) => Array.from(line.y)) };
  }
  const x = [...new Set(lines.flatMap((line) => Array.from(line.x)))].sort((a, b) => a - b);
  const ys = lines.map((line) => {
    let next = 0;
    return x.map((place) => {
      /** @type {Value} */
      let value;
      while (next < line.x.length && line.x[next] === place) {
        value = line.y[next++];
      }
      return value;
    });
  });
  return { x, ys };
}

/**
 * A running median: what jumps from place to place without what stays. It is taken at a few hundred places, and drawn
 * straight between them, which is as much as can be seen.
 * @param {ArrayLike<Value>} y
 * @returns {Value[]} of the same length; null where there was no number
 */
export function calm(y) {
  /** @type {number[]} */
  const places = [];
  /** @type {number[]} */
  const known = [];
  for (let index = 0; index < y.length; index++) {
    const value = y[index];
    if (isNumber(value)) {
      places.push(index);
      known.push(value);
    }
  }
  const half = Math.min(WIDEST - 1, Math.floor(known.length / 10)) >> 1;
  const centres = spread(known.length, CENTRES);
  const medians = centres.map((centre) => {
    const side = Math.min(half, centre, known.length - 1 - centre);
    return median(known.slice(centre - side, centre + side + 1));
  });
  /** @type {Value[]} */
  const found = Array(y.length).fill(null);
  let next = 0;
  places.forEach((place, index) => {
    while (next < centres.length - 1 && centres[next] < index) {
      next += 1;
    }
    const before = Math.max(0, next - 1);
    const part = centres[next] === index ? 1 : (index - centres[before]) / (centres[next] - centres[before]);
    found[place] = medians[before] * (1 - part) + medians[next] * part;
  });
  return found;
}

/**
 * @param {number[]} values at least one
 * @returns {number}
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * @param {Value} value
 * @returns {value is number}
 */
export function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

/**
 * The smallest and the largest number of some lines.
 * @param {Iterable<ArrayLike<Value>>} ys
 * @returns {[number, number] | null} null where there is none
 */
export function extent(ys) {
  let low = Infinity;
  let high = -Infinity;
  for (const y of ys) {
    for (let index = 0; index < y.length; index++) {
      const value = y[index];
      if (isNumber(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  }
  return low <= high ? [low, high] : null;
}

/**
 * Where the last point at or before a place is.
 * @param {ArrayLike<number>} x in increasing order
 * @param {number} place
 * @returns {number} -1 where all are behind it
 */
export function lastBefore(x, place) {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] <= place) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/**
 * The last number of a line at or before a point.
 * @param {ArrayLike<Value>} y
 * @param {number} [index] the last one by default
 * @returns {number | null}
 */
export function latest(y, index = y.length - 1) {
  for (; index >= 0; index--) {
    const value = y[index];
    if (isNumber(value)) {
      return value;
    }
  }
  return null;
}

/**
 * @param {number} count
 * @param {number} most
 * @returns {number[]} so many of 0 .. count - 1, the first and the last among them
 */
export function spread(count, most) {
  if (count <= most) {
    return Array.from({ length: count }, (_, index) => index);
  }
  return Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1)));
}

/**
 * @param {string} axis what x is
 * @param {Line[]} lines
 * @returns {string} comma-separated values with a header, all points
 */
export function csv(axis, lines) {
  const { x, ys } = aligned(lines);
  const quoted = [axis, ...lines.map((line) => line.name)].map((name) => `"${name.replaceAll('"', '""')}"`);
  const rows = x.map((place, index) => [place, ...ys.map((y) => y[index] ?? "")].join(","));
  return [quoted.join(","), ...rows, ""].join("\r\n");
}
