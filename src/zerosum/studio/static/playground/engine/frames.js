// @ts-check
/** What the page draws, as plain numbers: one frame holds every layer, so that switching layers asks nobody. */

import { REACH } from "./measures.js";
import { middle, sigmoid } from "./objectives.js";
import { Pass } from "./perceptron.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").Entry} Entry */
/** @typedef {import("./measures.js").Measures} Measures */

/**
 * A move that is computed and not made yet, with its own batch.
 * @typedef {object} Turn
 * @property {"discriminator" | "generator"} player
 * @property {number} loss
 * @property {number} penalty
 * @property {number} norm of the gradient
 * @property {Float32Array} latents
 * @property {Float32Array} real
 * @property {Float32Array} fake
 * @property {Float32Array} onReal colours, from 0 for fake to 1 for real
 * @property {Float32Array} onFake
 * @property {Float32Array | null} arrows in the generator's move: where its loss falls, at each fake
 */

/**
 * @typedef {object} Frame
 * @property {number} round
 * @property {{discriminator: number, generator: number}} moves
 * @property {1 | 2} dimensions
 * @property {number} noise standard deviation of the instance noise now
 * @property {Float32Array} latents of the samples, count x latent size
 * @property {Float32Array} real points, count x dimensions
 * @property {Float32Array} fake
 * @property {Float32Array} arrows minus the generator's gradient at the fakes, per sample
 * @property {Float32Array} onReal D's logits, one a pack
 * @property {Float32Array} onFake
 * @property {number} middle logit that parts real from fake
 * @property {{side: number, values: Float32Array} | null} heat D over the stage, row after row from the top left, from
 *   0
 *   for fake to 1 for real; null in one dimension
 * @property {{rows: number, columns: number, points: Float32Array, slice: boolean} | null} manifold where the generator
 *   puts a grid of latents, each cell of which is equally likely; `slice` where only two of more latents vary
 * @property {{data: Float32Array, generated: Float32Array, judged: Float32Array, best: Float32Array | null} | null}
 *   lines
 *   of one dimension; `judged` is a probability if `best` is there
 * @property {Float32Array | null} threads pairs of a latent and its sample, in one dimension with one latent
 * @property {Measures} measures
 * @property {Entry[]} entries records that are new
 * @property {number} recorded how many there were altogether
 * @property {Turn | null} turn
 */

/** Points of either kind that are drawn. */
export const SHOWN = 240;
const ROWS = 21;
/** Multiplications that a map of D may cost. */
const MAP_COST = 3e6;

/** Makes frames of a session. */
export class Camera {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    const { game, observer } = session;
    const weights = game.discriminator.network.weights.length;
    this.side = Math.max(14, Math.min(48, Math.floor(Math.sqrt(MAP_COST / weights))));
    this.places = gridOf(this.side);
    this.latents = latentGrid(game.settings.latentSize, game.settings.latentKind);
    this.sheet = new Pass(observer.shown, this.latents.length / game.settings.latentSize);
  }

  /**
   * @param {number} known records that the page has
   * @returns {Frame}
   */
  take(known) {
    const { session } = this;
    const { game, observer } = session;
    const { dimensions, settings } = game;
    observer.look();
    const { packs, fake, real } = observer;
    const parts = middle(game.objective, real.y, fake.y, packs);
    return {
      round: game.rounds,
      moves: { ...game.moves },
      dimensions,
      noise: game.noise,
      latents: single(observer.fakes.x, SHOWN * settings.latentSize),
      real: single(observer.reals, SHOWN * dimensions),
      fake: single(observer.fakes.y, SHOWN * dimensions),
      arrows: downhill(fake.toInputs, Math.min(SHOWN, packs * settings.pack) * dimensions, packs),
      onReal: single(real.y, packs),
      onFake: single(fake.y, packs),
      middle: parts,
      heat: dimensions === 2 ? { side: this.side, values: this.colours(observer.logitsAt(this.places)) } : null,
      manifold: this.manifold(),
      lines: this.lines(),
      threads: dimensions === 1 && settings.latentSize === 1 ? this.threads() : null,
      measures: observer.measure(),
      entries: session.entries.slice(Math.max(0, session.entries.length - (session.recorded - known))),
      recorded: session.recorded,
      turn: this.turn(),
    };
  }

  /**
   * Logits as colours: the probability that the best D would mean by them, or, where only differences mean anything,
   * how far they are to either side of the middle in units of their spread.
   * @param {Float64Array} logits
   * @returns {Float32Array} from 0 for fake to 1 for real
   */
  colours(logits) {
    const { game, observer } = this.session;
    const { objective } = game;
    if (objective.probability && game.settings.pack === 1) {
      return Float32Array.from(logits, objective.probability);
    }
    const { even } = objective;
    if (even !== null) {
      return Float32Array.from(logits, (logit) => sigmoid(logit - even));
    }
    const { real, fake, packs } = observer;
    const parts = middle(objective, real.y, fake.y, packs);
    let square = 0;
    for (let i = 0; i < packs; i++) {
      square += (real.y[i] - parts) ** 2 + (fake.y[i] - parts) ** 2;
    }
    const spread = Math.sqrt(square / (2 * packs)) + 1e-3;
    return Float32Array.from(logits, (logit) => sigmoid((logit - parts) / spread));
  }

  /** @returns {Frame["manifold"]} */
  manifold() {
    const { dimensions, settings } = this.session.game;
    if (dimensions === 1) {
      return null;
    }
    this.sheet.x.set(this.latents);
    const count = this.latents.length / settings.latentSize;
    const points = single(this.sheet.forward(count), 2 * count);
    return settings.latentSize === 1
      ? { rows: 1, columns: count, points, slice: false }
      : { rows: ROWS, columns: ROWS, points, slice: settings.latentSize > 2 };
  }

  /** @returns {Frame["lines"]} */
  lines() {
    const { observer } = this.session;
    const found = observer.densities();
    if (!found) {
      return null;
    }
    return {
      data: Float32Array.from(found.data),
      generated: Float32Array.from(found.generated),
      judged: found.judged ? Float32Array.from(found.judged) : this.colours(found.logits),
      best: found.judged && Float32Array.from(found.best),
    };
  }

  /** @returns {Float32Array} */
  threads() {
    this.sheet.x.set(this.latents);
    const count = this.latents.length;
    const samples = this.sheet.forward(count);
    const threads = [];
    for (let i = 0; i < count; i += 8) {
      threads.push(this.latents[i], samples[i]);
    }
    return Float32Array.from(threads);
  }

  /** @returns {Turn | null} */
  turn() {
    const { game, pending } = this.session;
    if (!pending) {
      return null;
    }
    const { player, outcome } = pending;
    const { dimensions, settings } = game;
    const count = Math.min(SHOWN, game.packs * settings.pack);
    const moving = player === "generator";
    return {
      player,
      loss: outcome.loss,
      penalty: Object.values(outcome.penalties).reduce((sum, value) => sum + value, 0),
      norm: outcome.norm,
      latents: single(game.draws.latents, count * settings.latentSize),
      real: single(game.draws.real, count * dimensions),
      fake: single(game.fakes.y, count * dimensions),
      onReal: this.colours(game.real.y.slice(0, game.packs)),
      onFake: this.colours(game.fake.y.slice(0, game.packs)),
      arrows: moving ? downhill(game.fake.toInputs, count * dimensions, game.packs) : null,
    };
  }
}

/**
 * @param {Float64Array} x
 * @param {number} count
 * @returns {Float32Array} the first numbers, which a message carries over without a copy
 */
function single(x, count) {
  return Float32Array.from(x.subarray(0, count));
}

/**
 * @param {Float64Array} gradient of a loss that is a mean over packs
 * @param {number} count of numbers
 * @param {number} packs
 * @returns {Float32Array} where the loss of each sample falls
 */
function downhill(gradient, count, packs) {
  return Float32Array.from(gradient.subarray(0, count), (slope) => -slope * packs);
}

/**
 * @param {number} side
 * @returns {Float64Array} middles of side x side cells of the stage, row after row from the top left
 */
function gridOf(side) {
  const places = new Float64Array(2 * side * side);
  const at = (/** @type {number} */ cell) => REACH * ((2 * (cell + 0.5)) / side - 1);
  for (let row = 0, i = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      places[i++] = at(column);
      places[i++] = -at(row);
    }
  }
  return places;
}

/**
 * Latents on a grid whose cells are equally likely; further latents are 0.
 * @param {number} size
 * @param {"normal" | "uniform"} kind
 * @returns {Float64Array} 200 x 1, or 441 x size
 */
function latentGrid(size, kind) {
  const [rows, columns] = size === 1 ? [1, 193] : [ROWS, ROWS];
  const place = (/** @type {number} */ index, /** @type {number} */ count) => {
    const share = 0.005 + (0.99 * index) / (count - 1);
    return kind === "uniform" ? Math.sqrt(3) * (2 * share - 1) : quantile(share);
  };
  const latents = new Float64Array(rows * columns * size);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = (row * columns + column) * size;
      latents[at] = place(column, columns);
      if (size > 1) {
        latents[at + 1] = place(row, rows);
      }
    }
  }
  return latents;
}

/**
 * Where the standard normal distribution has reached a share, to 5e-4 (Abramowitz and Stegun 1964, 26.2.23).
 * @param {number} share
 * @returns {number}
 */
export function quantile(share) {
  const tail = Math.min(share, 1 - share);
  const t = Math.sqrt(-2 * Math.log(tail));
  const size = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return share < 0.5 ? -size : size;
}
