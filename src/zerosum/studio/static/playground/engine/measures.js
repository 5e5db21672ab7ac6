// @ts-check
/**
 * How a game stands, measured on latents and real samples that are always the same, so that two looks can be compared.
 * Looking changes nothing: it has networks, passes and random numbers of its own.
 */

import { kernelDensity } from "./distributions.js";
import { PURPOSE, drawLatents } from "./game.js";
import { middle } from "./objectives.js";
import { Pass, Perceptron } from "./perceptron.js";
import { Stream } from "./streams.js";

/** @typedef {import("./game.js").Game} Game */

/** Generated samples that modes and densities are counted on. */
export const SAMPLES = 1000;
/** Real samples, and fakes, that the discriminator is asked about; a multiple of all packs but 5 and 7. */
export const JUDGED = 480;
/** Of either side, that distances are measured between. */
const PAIRED = 400;
/** Of 1,000, a mode must have so many: 20 in 10,000, as in `zerosum.metrics.modes`. */
const ENOUGH = 2;
/** Places along a line at which densities of one dimension are compared. */
export const PLACES = 200;
/** The stage shows what lies between minus and plus this. */
export const REACH = 2.2;

/**
 * @typedef {object} Measures
 * @property {number} accuracyReal share of real samples, or packs of them, that D judges right
 * @property {number} accuracyFake
 * @property {number} judged how many judgements `accuracyReal` and `accuracyFake` are made of, together
 * @property {number} gap mean logit of real samples minus that of fakes
 * @property {number} arrow mean length of the generator's gradient at its samples, per sample
 * @property {number} distance energy distance between fakes and real samples
 * @property {number} diversity mean distance between two fakes over that between two real samples
 * @property {number | null} wasserstein mean shift between sorted fakes and real samples, in one dimension
 * @property {number | null} modes found
 * @property {number | null} allModes that there are
 * @property {number | null} good share of fakes within three standard deviations of a mode
 * @property {number | null} doubt mean |D(x) - p_data / (p_data + p_g)|, in one dimension
 * @property {number[]} center of the fakes
 */

/** Looks at a game. */
export class Observer {
  /** @param {Game} game */
  constructor(game) {
    this.game = game;
    const { generator, settings, dimensions } = game;
    /** The generator as it is shown: averaged where an average is kept. */
    this.shown = new Perceptron(generator.network.sizes, settings.generatorActivation);
    this.fakes = new Pass(this.shown, SAMPLES);
    this.reals = new Float64Array(SAMPLES * dimensions);
    const packs = Math.ceil(JUDGED / settings.pack);
    this.real = new Pass(game.discriminator.network, packs);
    this.fake = new Pass(game.discriminator.network, packs);
    this.noise = new Float64Array(2 * JUDGED * dimensions);
    /** Mean distance between two real samples. */
    this.realSpread = 0;
    /** @type {Float64Array | null} in one dimension */
    this.sortedReals = null;
    /** @type {Pass | null} over the places of a map */
    this.map = null;
    this.fix();
  }

  /** Packs that the discriminator is asked about, of either side. */
  get packs() {
    return Math.floor(JUDGED / this.game.settings.pack);
  }

  /** Draws the latents and real samples that all looks share; anew where data or latents are others. */
  fix() {
    const { game } = this;
    const { settings } = game;
    const stream = new Stream();
    drawLatents(stream.begin(settings.seed, PURPOSE.latents), this.fakes.x, this.fakes.x.length, settings);
    game.distribution.draw(stream.begin(settings.seed, PURPOSE.reals), this.reals, SAMPLES);
    stream.fillNormal(this.noise, this.noise.length, 1);
    this.realSpread = meanDistance(this.reals, this.reals, game.dimensions, true);
    this.sortedReals = game.dimensions === 1 ? this.reals.slice().sort() : null;
  }

  /** Looks: generates samples, has them judged, and takes the generator's loss back to them. */
  look() {
    const { game, fake, real, packs } = this;
    this.shown.weights.set(game.generator.average ?? game.generator.network.weights);
    this.fakes.forward(SAMPLES);
    const count = packs * fake.network.inputs;
    const deviation = game.noise;
    for (let i = 0; i < count; i++) {
      fake.x[i] = this.fakes.y[i] + (deviation && deviation * this.noise[i]);
      real.x[i] = this.reals[i] + (deviation && deviation * this.noise[count + i]);
    }
    fake.forward(packs);
    real.forward(packs);
    game.objective.generator({ count: packs, onReal: real.y, onFake: fake.y, toReal: real.seeds, toFake: fake.seeds,
      realLabel: 1, margins: null });
    fake.backward(false, true);
  }

  /** @returns {Measures} after a `look` */
  measure() {
    const { game, fake, real, packs } = this;
    const { dimensions, distribution } = game;
    const samples = this.fakes.y;
    const spread = meanDistance(samples, samples, dimensions, true);
    const apart = meanDistance(samples, this.reals, dimensions, false);
    const line = middle(game.objective, real.y, fake.y, packs);
    const modes = distribution.modes && countModes(samples, distribution.modes, distribution.sigma, dimensions);
    return {
      accuracyReal: shareOf(real.y, packs, (logit) => logit > line),
      accuracyFake: shareOf(fake.y, packs, (logit) => logit < line),
      judged: 2 * packs,
      gap: meanOf(real.y, packs) - meanOf(fake.y, packs),
      arrow: meanLength(fake.toInputs, packs * game.settings.pack, dimensions) * packs,
      distance: 2 * apart - spread - this.realSpread,
      diversity: spread / this.realSpread,
      wasserstein: this.sortedReals && meanShift(this.sortedReals, samples),
      modes: modes && modes.found,
      allModes: distribution.modes && distribution.modes.length / dimensions,
      good: modes && modes.good,
      doubt: this.doubt(),
      center: centerOf(samples, dimensions),
    };
  }

  /** @returns {number | null} mean |D(x) - D*(x)| over both densities; null where D says no probability */
  doubt() {
    const lines = this.densities();
    if (!lines || !lines.judged) {
      return null;
    }
    const { data, generated, judged, best } = lines;
    let total = 0;
    let weight = 0;
    for (let i = 0; i < PLACES; i++) {
      const mass = data[i] + generated[i];
      total += mass * Math.abs(judged[i] - best[i]);
      weight += mass;
    }
    return weight ? total / weight : null;
  }

  /**
   * The figure of Goodfellow et al. 2014: both densities, D, and the best D there could be, at `PLACES` along the
   * stage.
   * @returns {{data: Float64Array, generated: Float64Array, logits: Float64Array, judged: Float64Array | null,
   *   best: Float64Array} | null} `judged` is null where the loss gives no probability; all is null in two dimensions
   */
  densities() {
    const { game } = this;
    const density = game.distribution.density;
    if (!density) {
      return null;
    }
    const ofFakes = kernelDensity(this.fakes.y.subarray(0, SAMPLES));
    const places = placesAlong();
    const data = places.map(density);
    const generated = places.map(ofFakes);
    const logits = this.logitsAt(places);
    const probability = game.settings.pack === 1 ? game.objective.probability : null;
    return {
      data,
      generated,
      logits,
      judged: probability && logits.map(probability),
      best: data.map((value, i) => (value + generated[i] > 1e-6 ? value / (value + generated[i]) : 0.5)),
    };
  }

  /**
   * What the discriminator says at points. Where it judges packs, each point stands beside real samples, which are
   * always the same few.
   * @param {Float64Array} points count x dimensions
   * @returns {Float64Array} logits
   */
  logitsAt(points) {
    const { game } = this;
    const { dimensions, settings } = game;
    const count = points.length / dimensions;
    const inputs = settings.pack * dimensions;
    if (!this.map || this.map.most !== count || this.map.network !== game.discriminator.network) {
      this.map = new Pass(game.discriminator.network, count);
    }
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < inputs; k++) {
        this.map.x[i * inputs + k] = k < dimensions ? points[i * dimensions + k] : this.reals[k - dimensions];
      }
    }
    return this.map.forward(count).slice(0, count);
  }
}

/** @returns {Float64Array} `PLACES` places along the stage */
export function placesAlong() {
  return Float64Array.from({ length: PLACES }, (_, i) => REACH * ((2 * i) / (PLACES - 1) - 1));
}

/**
 * @param {Float64Array} x
 * @param {number} count
 * @param {(value: number) => boolean} test
 */
function shareOf(x, count, test) {
  let passed = 0;
  for (let i = 0; i < count; i++) {
    passed += test(x[i]) ? 1 : 0;
  }
  return passed / count;
}

/** @param {Float64Array} x @param {number} count */
function meanOf(x, count) {
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += x[i];
  }
  return total / count;
}

/** @param {Float64Array} x @param {number} count of vectors @param {number} dimensions */
function meanLength(x, count, dimensions) {
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += dimensions === 1 ? Math.abs(x[i]) : Math.hypot(x[2 * i], x[2 * i + 1]);
  }
  return total / count;
}

/** @param {Float64Array} x @param {number} dimensions @returns {number[]} */
function centerOf(x, dimensions) {
  const center = Array(dimensions).fill(0);
  for (let i = 0; i < SAMPLES * dimensions; i++) {
    center[i % dimensions] += x[i] / SAMPLES;
  }
  return center;
}

/**
 * Mean distance between two of the first `PAIRED` points of either set; of one set, between two different ones
 * (Szekely and Rizzo 2013, Section 2, as in `zerosum.metrics.distances`).
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @param {number} dimensions
 * @param {boolean} same whether both are one set
 */
function meanDistance(a, b, dimensions, same) {
  let total = 0;
  for (let i = 0; i < PAIRED; i++) {
    for (let j = same ? i + 1 : 0; j < PAIRED; j++) {
      if (dimensions === 1) {
        total += Math.abs(a[i] - b[j]);
      } else {
        const dx = a[2 * i] - b[2 * j];
        const dy = a[2 * i + 1] - b[2 * j + 1];
        total += Math.sqrt(dx * dx + dy * dy);
      }
    }
  }
  return total / (same ? (PAIRED * (PAIRED - 1)) / 2 : PAIRED * PAIRED);
}

/**
 * The Wasserstein distance between as many numbers on either side.
 * @param {Float64Array} sorted
 * @param {Float64Array} others
 */
function meanShift(sorted, others) {
  const ordered = others.slice(0, sorted.length).sort();
  let total = 0;
  for (let i = 0; i < sorted.length; i++) {
    total += Math.abs(sorted[i] - ordered[i]);
  }
  return total / sorted.length;
}

/**
 * Modes that samples find, and the share that lies within three standard deviations of one (Srivastava et al. 2017,
 * arXiv:1705.07761, Section 4.1).
 * @param {Float64Array} samples
 * @param {Float64Array} modes
 * @param {number} sigma
 * @param {number} dimensions
 * @returns {{found: number, good: number}}
 */
export function countModes(samples, modes, sigma, dimensions) {
  const counts = new Uint32Array(modes.length / dimensions);
  const near = (3 * sigma) ** 2;
  let good = 0;
  for (let i = 0; i < SAMPLES; i++) {
    for (let m = 0; m < counts.length; m++) {
      let squared = 0;
      for (let k = 0; k < dimensions; k++) {
        squared += (samples[i * dimensions + k] - modes[m * dimensions + k]) ** 2;
      }
      if (squared <= near) {
        counts[m] += 1;
        good += 1;
        break;
      }
    }
  }
  return { found: counts.reduce((sum, count) => sum + (count >= ENOUGH ? 1 : 0), 0), good: good / SAMPLES };
}
