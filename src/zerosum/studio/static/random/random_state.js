// @ts-check
import { Twister } from "./twister.js";

/** The largest number that a stream can have. */
export const LARGEST_SEED = 2 ** 32 - 1;

/**
 * The streams of numpy.random.RandomState: what a seed draws there, it draws here.
 *
 * Uniform numbers are the same to the last bit. Normal numbers are the same as float32; as float64 their last bits
 * differ now and then, because a logarithm's last bit is not the same in every library.
 */
export class RandomState {
  #twister = new Twister();
  /** @type {number | null} */
  #spare = null;

  /** @param {number | ArrayLike<number>} seed As for `seed`. */
  constructor(seed) {
    this.seed(seed);
  }

  /**
   * Begin another stream.
   * @param {number | ArrayLike<number>} seed A whole number from 0 to 2^32 - 1, or several of them.
   * @throws {RangeError} It is something else.
   */
  seed(seed) {
    const keys = typeof seed === "number" ? [seed] : Array.from(seed);
    if (keys.length === 0 || keys.some((key) => !Number.isInteger(key) || key < 0 || key > LARGEST_SEED)) {
      throw new RangeError(`A stream's number is a whole number from 0 to ${LARGEST_SEED}; this one is ${seed}.`);
    }
    if (typeof seed === "number") {
      this.#twister.seed(seed);
    } else {
      this.#twister.seedByArray(keys);
    }
    this.#spare = null;
  }

  /**
   * `random_sample()`: uniform on [0, 1), of 53 bits.
   * @returns {number}
   */
  randomSample() {
    const high = this.#twister.next() >>> 5;
    const low = this.#twister.next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /**
   * `uniform(low, high)`.
   * @param {number} low
   * @param {number} high
   * @returns {number} On [low, high).
   */
  uniform(low, high) {
    return low + (high - low) * this.randomSample();
  }

  /**
   * `randn()`: a standard normal number, by the polar method (Marsaglia and Bray 1964), which makes two at a time.
   * @returns {number}
   */
  randn() {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const first = 2 * this.randomSample() - 1;
      const second = 2 * this.randomSample() - 1;
      const square = first * first + second * second;
      if (square > 0 && square < 1) {
        const factor = Math.sqrt((-2 * Math.log(square)) / square);
        this.#spare = factor * first;
        return factor * second;
      }
    }
  }
}
