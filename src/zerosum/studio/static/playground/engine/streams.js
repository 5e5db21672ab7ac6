// @ts-check
/**
 * Random numbers without state: every draw is seeded from what it is for, so that a run can be saved and gone on with
 * exactly, and watching it changes nothing.
 */

import { RandomState } from "../../random/random_state.js";

/** Random numbers, begun anew for each purpose. */
export class Stream {
  constructor() {
    this.state = new RandomState(0);
  }

  /**
   * Begins the stream that belongs to a purpose: that of `numpy.random.RandomState(key)`.
   * @param {...number} key whole numbers from 0 to 2^32 - 1
   * @returns {this}
   */
  begin(...key) {
    this.state.seed(key);
    return this;
  }

  /** @returns {number} uniform on [0, 1) */
  uniform() {
    return this.state.randomSample();
  }

  /** @returns {number} standard normal */
  normal() {
    return this.state.randn();
  }

  /**
   * @param {Float64Array} into its first `count` numbers become normal
   * @param {number} count
   * @param {number} deviation
   */
  fillNormal(into, count, deviation) {
    for (let i = 0; i < count; i++) {
      into[i] = deviation * this.state.randn();
    }
  }

  /**
   * @param {Float64Array} into its first `count` numbers become uniform
   * @param {number} count
   * @param {number} low
   * @param {number} high
   */
  fillUniform(into, count, low, high) {
    for (let i = 0; i < count; i++) {
      into[i] = this.state.uniform(low, high);
    }
  }
}
