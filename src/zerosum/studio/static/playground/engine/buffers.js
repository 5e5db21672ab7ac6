// @ts-check
/** What a move computes with: its random numbers, and passes of both networks over its batch. */

import { Pass } from "./perceptron.js";

/** @typedef {import("./perceptron.js").Perceptron} Perceptron */
/** @typedef {import("./settings.js").Settings} Settings */

/**
 * Every random number of a move.
 * @typedef {object} Draws
 * @property {Float64Array} latents batch x latent size
 * @property {Float64Array} real batch x dimensions
 * @property {Float64Array} noiseReal standard normal, as many
 * @property {Float64Array} noiseFake
 * @property {Float64Array} share of the way from a fake to a real sample, one a judged pack
 * @property {Float64Array} around standard normal
 * @property {Float64Array} changesReal
 * @property {Float64Array} changesFake
 * @property {Float64Array} margins from 0.8 to 1, two a pack
 * @property {Float64Array} others other latents
 * @property {Float64Array} directions standard normal
 */

/** Buffers of one batch size. */
export class Buffers {
  /**
   * @param {Settings} settings
   * @param {number} dimensions of a sample
   * @param {Perceptron} generator
   * @param {Perceptron} discriminator
   */
  constructor({ batch, latentSize, pack }, dimensions, generator, discriminator) {
    const [points, latents] = [batch * dimensions, batch * latentSize];
    this.packs = Math.floor(batch / pack);
    const array = (/** @type {number} */ size) => new Float64Array(size);
    /** @type {Draws} */
    this.draws = { latents: array(latents), real: array(points), noiseReal: array(points), noiseFake: array(points),
      share: array(this.packs), around: array(points), changesReal: array(points), changesFake: array(points),
      margins: array(2 * this.packs), others: array(latents), directions: array(points) };
    this.fakes = new Pass(generator, batch);
    this.real = new Pass(discriminator, this.packs);
    this.fake = new Pass(discriminator, this.packs);
    /** @type {{[name: string]: Pass}} passes that only some penalties need */
    this.further = {};
    /** @type {Pass | null} */
    this.others = null;
  }
}
