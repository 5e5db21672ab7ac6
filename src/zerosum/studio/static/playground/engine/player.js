// @ts-check
/** One of the two: a network, its optimizer, and the average of its weights. */

import { follow, freshMoments, norm, stepAdam, stepDescent } from "./optimizers.js";
import { Perceptron } from "./perceptron.js";
import { PENALTIES } from "./penalties.js";
import { SpectralNorm } from "./spectral.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./streams.js").Stream} Stream */

/**
 * What there is to save of a player; see `Player.save`.
 * @typedef {{weights: number[], mean: number[], square: number[], steps: number, average: number[] | null, left:
 *   number[][]}} SavedPlayer
 */

export class Player {
  /**
   * @param {number[]} sizes inputs, hidden widths, outputs
   * @param {string} activation
   * @param {boolean} spectral
   * @param {Stream} stream its first weights
   */
  constructor(sizes, activation, spectral, stream) {
    this.network = new Perceptron(sizes, activation);
    this.network.initialise(stream);
    this.spectral = spectral ? new SpectralNorm(this.network, stream) : null;
    /** What the optimizer changes: the network's weights, or those that they are made from. */
    this.trained = this.spectral ? this.spectral.trained : this.network;
    this.moments = freshMoments(this.trained.weights.length);
    /** @type {Float64Array | null} running mean of the weights */
    this.average = null;
  }

  /** Makes ready for a move: weights as of now, and no gradient. */
  prepare() {
    this.spectral?.push(true);
    this.network.gradient.fill(0);
  }

  /**
   * Completes the gradient that passes have added up, with the penalties on weights.
   * @param {"discriminator" | "generator"} name
   * @param {Settings} settings
   * @returns {{[name: string]: number}} those penalties' values, weighted
   */
  finish(name, settings) {
    this.spectral?.pullBack();
    const { weights: all, gradient, layers } = this.trained;
    /** @type {{[name: string]: number}} */
    const values = {};
    for (const [penalty, weight] of Object.entries(settings.penalties)) {
      const { player, ofWeights } = PENALTIES[penalty];
      if (player === name && ofWeights && weight) {
        values[penalty] = weight * ofWeights({ all, gradient, layers }, weight);
      }
    }
    return values;
  }

  /** @returns {number} the gradient's norm */
  gradientNorm() {
    return norm(this.trained.gradient);
  }

  /**
   * Follows the gradient.
   * @param {Settings} settings
   * @param {number} rate
   * @param {number} limit largest weight; 0 for none
   */
  step(settings, rate, limit) {
    const { weights, gradient } = this.trained;
    if (settings.optimizer === "adam") {
      stepAdam(weights, gradient, this.moments, rate, settings.beta1, settings.beta2);
    } else {
      stepDescent(weights, gradient, rate);
    }
    if (limit) {
      for (let i = 0; i < weights.length; i++) {
        weights[i] = Math.min(limit, Math.max(-limit, weights[i]));
      }
    }
    this.spectral?.push(false);
  }

  /** @param {number} decay what the average keeps; 0 for no average */
  follow(decay) {
    if (!decay) {
      this.average = null;
    } else if (this.average) {
      follow(this.average, this.network.weights, decay);
    } else {
      this.average = this.network.weights.slice();
    }
  }

  /** @returns {SavedPlayer} numbers that JSON keeps exactly */
  save() {
    return {
      weights: [...this.trained.weights],
      mean: [...this.moments.mean],
      square: [...this.moments.square],
      steps: this.moments.steps,
      average: this.average && [...this.average],
      left: this.spectral ? this.spectral.left.map((vector) => [...vector]) : [],
    };
  }

  /** @param {SavedPlayer} saved of a player with the same settings */
  restore(saved) {
    copy(saved.weights, this.trained.weights);
    copy(saved.mean, this.moments.mean);
    copy(saved.square, this.moments.square);
    this.moments.steps = saved.steps;
    this.average = null;
    if (saved.average) {
      this.average = new Float64Array(this.network.weights.length);
      copy(saved.average, this.average);
    }
    this.spectral?.left.forEach((vector, index) => copy(saved.left[index], vector));
    this.spectral?.push(false);
  }
}

/**
 * @param {unknown} from
 * @param {Float64Array} to
 * @throws {Error} if these are not as many numbers
 */
function copy(from, to) {
  if (!Array.isArray(from) || from.length !== to.length || !from.every(Number.isFinite)) {
    throw new Error("The file's weights do not fit the networks that it describes.");
  }
  to.set(from);
}
