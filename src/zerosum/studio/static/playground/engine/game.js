// @ts-check
/**
 * The game: the moves of both players, each drawn, computed and made in steps of their own, so that a move can be
 * looked
 * at before it is made.
 */

import { Buffers } from "./buffers.js";
import { DISTRIBUTIONS, ownPoints } from "./distributions.js";
import { OBJECTIVES } from "./objectives.js";
import { PENALTIES } from "./penalties.js";
import { Pass } from "./perceptron.js";
import { Player } from "./player.js";
import { Stream } from "./streams.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./distributions.js").Distribution} Distribution */
/** @typedef {import("./objectives.js").Objective} Objective */

/**
 * What a move comes to.
 * @typedef {object} Outcome
 * @property {number} loss without penalties
 * @property {{[name: string]: number}} penalties weighted
 * @property {number} norm of the gradient
 */

/** What random numbers are for, so that each purpose has its own. */
export const PURPOSE = { generator: 1, discriminator: 2, discriminatorMove: 3, generatorMove: 4, latents: 5, reals: 6 };

const UNIFORM = Math.sqrt(3);

/** Spread of small changes that leave a sample what it is: as `zerosum.game.augment.perturb` has it. */
const CHANGE = 0.05;

/**
 * The data that settings name.
 * @param {Settings} settings
 * @returns {Distribution}
 */
export function distributionOf(settings) {
  if (settings.data === "points1" || settings.data === "points2") {
    return ownPoints(settings.points, settings.data === "points1" ? 1 : 2);
  }
  return DISTRIBUTIONS[settings.data];
}

/**
 * The objective that settings name, with the middle that smoothed labels have.
 * @param {Settings} settings
 * @returns {Objective}
 */
export function objectiveOf(settings) {
  const objective = OBJECTIVES[settings.loss];
  if (!objective.labelled || !settings.smooth) {
    return objective;
  }
  const halfway = (1 - settings.smooth) / 2;
  const even = settings.loss === "least-squares" ? halfway : Math.log(halfway / (1 - halfway));
  return { ...objective, even, probability: null };
}

/**
 * @param {Stream} stream
 * @param {Float64Array} into
 * @param {number} count of numbers
 * @param {Settings} settings
 */
export function drawLatents(stream, into, count, settings) {
  if (settings.latentKind === "normal") {
    stream.fillNormal(into, count, 1);
  } else {
    stream.fillUniform(into, count, -UNIFORM, UNIFORM);
  }
}

/** A generator, a discriminator, and what a move needs. */
export class Game {
  /** @param {Settings} settings */
  constructor(settings) {
    this.settings = settings;
    this.distribution = distributionOf(settings);
    this.objective = objectiveOf(settings);
    this.stream = new Stream();
    /** Dimensions of a sample; a change begins a new game. */
    this.dimensions = this.distribution.dimensions;
    const { seed, generatorDepth, generatorWidth, discriminatorDepth, discriminatorWidth, pack } = settings;
    this.generator = new Player(
      [settings.latentSize, ...Array(generatorDepth).fill(generatorWidth), this.dimensions],
      settings.generatorActivation, false, this.stream.begin(seed, PURPOSE.generator));
    this.discriminator = new Player(
      [pack * this.dimensions, ...Array(discriminatorDepth).fill(discriminatorWidth), 1],
      settings.discriminatorActivation, settings.spectral, this.stream.begin(seed, PURPOSE.discriminator));
    /** Moves that were made. */
    this.moves = { discriminator: 0, generator: 0 };
    /** Full rounds, which fading noise and records count. */
    this.rounds = 0;
    /** @type {{[name: string]: number}} running means of penalties */
    this.means = {};
    this.buffers = this.furnish();
  }

  /** @returns {Buffers} for the batch that the settings ask for */
  furnish() {
    return new Buffers(this.settings, this.dimensions, this.generator.network, this.discriminator.network);
  }

  /** Packs that are judged; what does not fill one is left out. */
  get packs() {
    return this.buffers.packs;
  }

  get draws() {
    return this.buffers.draws;
  }

  /** The generator's pass over the latents. */
  get fakes() {
    return this.buffers.fakes;
  }

  /** The discriminator's pass over real samples. */
  get real() {
    return this.buffers.real;
  }

  /** The discriminator's pass over fakes. */
  get fake() {
    return this.buffers.fake;
  }

  /**
   * Takes other settings; they hold from the next move on. Those that ask for other weights need a new game.
   * @param {Settings} settings
   */
  change(settings) {
    const before = this.settings;
    this.settings = settings;
    this.objective = objectiveOf(settings);
    if (settings.data !== before.data || settings.points !== before.points) {
      this.distribution = distributionOf(settings);
    }
    if (settings.batch !== before.batch) {
      this.buffers = this.furnish();
    }
    if (settings.average !== before.average) {
      this.generator.average = null;
      this.generator.follow(settings.average);
    }
  }

  /** Standard deviation of the instance noise now. */
  get noise() {
    const { noise, noiseRounds } = this.settings;
    return noiseRounds ? noise * Math.max(0, 1 - this.rounds / noiseRounds) : noise;
  }

  /** @param {string} name @returns {boolean} whether a penalty counts */
  penalised(name) {
    return (this.settings.penalties[name] ?? 0) > 0;
  }

  /** Draws what the discriminator's next move needs. */
  drawDiscriminator() {
    const { draws, settings } = this;
    const stream = this.stream.begin(settings.seed, PURPOSE.discriminatorMove, this.moves.discriminator);
    this.drawBatch(stream);
    stream.fillUniform(draws.share, draws.share.length, 0, 1);
    if (this.penalised("dragan")) {
      stream.fillNormal(draws.around, draws.around.length, 1);
    }
    if (this.penalised("consistency") || this.penalised("balanced-consistency")) {
      stream.fillNormal(draws.changesReal, draws.changesReal.length, CHANGE);
      stream.fillNormal(draws.changesFake, draws.changesFake.length, CHANGE);
    }
    if (settings.loss === "random-hinge") {
      stream.fillUniform(draws.margins, draws.margins.length, 0.8, 1);
    }
  }

  /** Draws what the generator's next move needs. */
  drawGenerator() {
    const { draws, settings } = this;
    const stream = this.stream.begin(settings.seed, PURPOSE.generatorMove, this.moves.generator);
    this.drawBatch(stream);
    if (this.penalised("mode-seeking")) {
      drawLatents(stream, draws.others, draws.others.length, settings);
    }
    if (this.penalised("path-length")) {
      stream.fillNormal(draws.directions, draws.directions.length, 1);
    }
  }

  /** @param {Stream} stream */
  drawBatch(stream) {
    const { draws, settings } = this;
    this.distribution.draw(stream, draws.real, settings.batch);
    drawLatents(stream, draws.latents, draws.latents.length, settings);
    if (this.noise) {
      stream.fillNormal(draws.noiseReal, draws.noiseReal.length, 1);
      stream.fillNormal(draws.noiseFake, draws.noiseFake.length, 1);
    }
  }

  /**
   * Computes the discriminator's move from the draws: its loss and gradient.
   * @returns {Outcome}
   */
  computeDiscriminator() {
    const { discriminator, real, fake, settings } = this;
    discriminator.prepare();
    this.generate();
    this.judge(real, this.draws.real, this.draws.noiseReal);
    this.judge(fake, this.fakes.y, this.draws.noiseFake);
    const loss = this.objective.discriminator(this.opinions());
    /** @type {{[name: string]: Pass}} */
    const passes = { real, fake };
    const look = (/** @type {string} */ name) => (passes[name] ??= this.lookAt(name));
    /** @type {{[name: string]: number}} */
    const penalties = {};
    for (const [name, weight] of Object.entries(settings.penalties)) {
      const value = weight && PENALTIES[name].ofDiscriminator?.({ real, fake, look, means: this.means }, weight);
      if (value) {
        penalties[name] = weight * value;
      }
    }
    for (const pass of Object.values(passes)) {
      pass.backward(true, false);
    }
    Object.assign(penalties, discriminator.finish("discriminator", settings));
    return { loss, penalties, norm: discriminator.gradientNorm() };
  }

  /** Makes the discriminator's move that was computed. */
  stepDiscriminator() {
    this.discriminator.step(this.settings, this.settings.discriminatorRate, this.settings.limit);
    this.moves.discriminator += 1;
  }

  /**
   * Computes the generator's move from the draws.
   * @returns {Outcome}
   */
  computeGenerator() {
    const { generator, fakes, fake, real, draws, settings } = this;
    this.discriminator.prepare();
    generator.prepare();
    this.generate();
    this.judge(fake, fakes.y, draws.noiseFake);
    if (this.objective.compares) {
      this.judge(real, draws.real, draws.noiseReal);
    }
    const loss = this.objective.generator(this.opinions());
    fake.backward(false, true);
    const judged = this.packs * fake.network.inputs;
    fakes.seeds.fill(0);
    fakes.seeds.set(fake.toInputs.subarray(0, judged));
    const penalties = this.penaliseGenerator();
    fakes.backward(true, false);
    Object.assign(penalties, generator.finish("generator", settings));
    return { loss, penalties, norm: generator.gradientNorm() };
  }

  /** @returns {{[name: string]: number}} values of the generator's penalties, weighted */
  penaliseGenerator() {
    const { fakes, draws, settings } = this;
    const others = this.penalised("mode-seeking") ? this.generateOthers() : null;
    /** @type {{[name: string]: number}} */
    const penalties = {};
    for (const [name, weight] of Object.entries(settings.penalties)) {
      const move = { fake: fakes, others, directions: draws.directions, means: this.means };
      const value = weight && PENALTIES[name].ofGenerator?.(move, weight);
      if (value) {
        penalties[name] = weight * value;
      }
    }
    others?.backward(true, false);
    return penalties;
  }

  /** @returns {Pass} samples of the other latents */
  generateOthers() {
    const others = (this.buffers.others ??= new Pass(this.generator.network, this.settings.batch));
    others.x.set(this.draws.others);
    others.forward(this.settings.batch);
    others.seeds.fill(0);
    return others;
  }

  /** Makes the generator's move that was computed. */
  stepGenerator() {
    this.generator.step(this.settings, this.settings.generatorRate, 0);
    this.generator.follow(this.settings.average);
    this.moves.generator += 1;
  }

  /** Sends the latents through the generator. */
  generate() {
    this.fakes.x.set(this.draws.latents);
    this.fakes.forward(this.settings.batch);
  }

  /**
   * Has the discriminator judge samples, with noise where there is any.
   * @param {Pass} pass
   * @param {Float64Array} samples batch x dimensions, of which whole packs are judged
   * @param {Float64Array} noise
   */
  judge(pass, samples, noise) {
    const count = this.packs * pass.network.inputs;
    const deviation = this.noise;
    for (let i = 0; i < count; i++) {
      pass.x[i] = deviation ? samples[i] + deviation * noise[i] : samples[i];
    }
    pass.forward(this.packs);
  }

  /** @returns {import("./objectives.js").Opinions} of the samples that were just judged */
  opinions() {
    return {
      count: this.packs,
      onReal: this.real.y,
      onFake: this.fake.y,
      toReal: this.real.seeds,
      toFake: this.fake.seeds,
      realLabel: this.objective.labelled ? 1 - this.settings.smooth : 1,
      margins: this.draws.margins,
    };
  }

  /**
   * Has the discriminator look at points beside those that it judges.
   * @param {string} name "between", "around", "changedReal" or "changedFake"
   * @returns {Pass}
   */
  lookAt(name) {
    const { draws, real, fake } = this;
    const pass = (this.buffers.further[name] ??= new Pass(this.discriminator.network, this.packs));
    const inputs = pass.network.inputs;
    const count = this.packs * inputs;
    const spread = name === "around" ? 0.5 * deviation(real.x, count) : 0;
    for (let i = 0; i < count; i++) {
      if (name === "between") {
        pass.x[i] = fake.x[i] + draws.share[Math.floor(i / inputs)] * (real.x[i] - fake.x[i]);
      } else if (name === "around") {
        pass.x[i] = real.x[i] + spread * draws.around[i];
      } else {
        pass.x[i] = name === "changedReal" ? real.x[i] + draws.changesReal[i] : fake.x[i] + draws.changesFake[i];
      }
    }
    pass.forward(this.packs);
    pass.seeds.fill(0);
    return pass;
  }
}

/**
 * @param {Float64Array} x
 * @param {number} count
 * @returns {number} the standard deviation of the first `count` numbers
 */
function deviation(x, count) {
  let mean = 0;
  for (let i = 0; i < count; i++) {
    mean += x[i] / count;
  }
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += (x[i] - mean) ** 2;
  }
  return Math.sqrt(total / (count - 1));
}
