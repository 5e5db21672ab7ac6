// @ts-check

/** @typedef {(first: Float32Array, second: Float32Array, place: number) => Float32Array} Between */

/** @type {Between} */
export function linear(first, second, place) {
  return first.map((a, i) => a + place * (second[i] - a));
}

/**
 * On a great circle (Shoemake 1985), with a length that changes evenly from that of one end to that of the other.
 * @type {Between}
 */
export function spherical(first, second, place) {
  if (place === 0 || place === 1) {
    return (place === 0 ? first : second).slice();
  }
  const lengths = [length(first), length(second)];
  const a = Float64Array.from(first, (x) => x / lengths[0]);
  const b = Float64Array.from(second, (x) => x / lengths[1]);
  const cosine = Math.min(
    1,
    Math.max(
      -1,
      a.reduce((sum, x, i) => sum + x * b[i], 0),
    ),
  );
  const across = b.map((x, i) => x - cosine * a[i]);
  const far = length(across);
  const angle = place * Math.acos(cosine);
  const size = lengths[0] + place * (lengths[1] - lengths[0]);
  const [along, aside] = [size * Math.cos(angle), (size * Math.sin(angle)) / far];
  return Float32Array.from(a, (x, i) => along * x + aside * across[i]);
}

/**
 * A place on the plane between four corners: above, left to right, then below.
 * @param {Float32Array[]} corners
 * @param {number} x How far right, on [0, 1].
 * @param {number} y How far down, on [0, 1].
 * @param {Between} between
 * @returns {Float32Array}
 */
export function onPlane([a, b, c, d], x, y, between) {
  return between(between(a, b, x), between(c, d, x), y);
}

/**
 * @param {Float32Array | Float64Array} vector
 * @returns {number} At least so much that it can be divided by.
 */
function length(vector) {
  let sum = 0;
  for (const x of vector) {
    sum += x * x;
  }
  return Math.max(Math.sqrt(sum), 1e-12);
}
