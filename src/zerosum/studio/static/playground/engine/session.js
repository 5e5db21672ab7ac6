// @ts-check
/** A game that is played and watched: rounds, records of how it stands, and files of it. */

import { Game, distributionOf } from "./game.js";
import { Observer } from "./measures.js";
import { FIELDS, checked } from "./settings.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./measures.js").Measures} Measures */
/** @typedef {import("./game.js").Outcome} Outcome */
/** @typedef {"discriminator" | "generator"} PlayerName */

/**
 * How the game stood after a round; losses and norms are means over the moves since the last record, null where that
 * player did not move.
 * @typedef {Measures & {round: number, lossD: number | null, lossG: number | null, penalty: number | null,
 *   normD: number | null, normG: number | null}} Entry
 */

/** Records that are kept; when there are more, every second one is left out. */
const MOST = 2000;
const FORMAT = "zerosum playground 1";

/** Totals of one player's moves since the last record. */
class Tally {
  moves = 0;
  loss = 0;
  norm = 0;
  penalty = 0;

  /** @param {Outcome} outcome */
  add(outcome) {
    this.moves += 1;
    this.loss += outcome.loss;
    this.norm += outcome.norm;
    this.penalty += Object.values(outcome.penalties).reduce((sum, value) => sum + value, 0);
  }

  /** @param {"loss" | "norm" | "penalty"} name @returns {number | null} */
  mean(name) {
    return this.moves ? this[name] / this.moves : null;
  }
}

export class Session {
  /** @param {{[key: string]: unknown}} asked settings that are not the defaults */
  constructor(asked) {
    this.settings = checked(asked);
    this.game = new Game(this.settings);
    this.observer = new Observer(this.game);
    this.tallies = { discriminator: new Tally(), generator: new Tally() };
    /** @type {Entry[]} */
    this.entries = [];
    /** Counts the records that were ever made, so that watchers know what is new. */
    this.recorded = 0;
    /** @type {{player: PlayerName, outcome: Outcome} | null} a move that is computed and not made yet */
    this.pending = null;
    this.look();
  }

  /**
   * Takes other settings.
   * @param {{[key: string]: unknown}} asked those that change
   * @returns {Session} this one, or a new one where they ask for other weights
   */
  change(asked) {
    const before = this.settings;
    const settings = checked({ ...before, ...asked });
    const fresh = FIELDS.some(({ key, fresh }) => fresh && settings[key] !== before[key]);
    if (fresh || distributionOf(settings).dimensions !== this.game.dimensions) {
      return new Session(settings);
    }
    const { distribution } = this.game;
    this.settings = settings;
    this.pending = null;
    this.game.change(settings);
    if (this.game.distribution !== distribution) {
      this.observer.fix();
    }
    return this;
  }

  /** Plays a round: the discriminator's moves, then the generator's, as far as they may move. */
  round() {
    const { players, discriminatorSteps } = this.settings;
    if (players !== "generator") {
      for (let step = 0; step < discriminatorSteps; step++) {
        this.move("discriminator");
      }
    }
    if (players !== "discriminator") {
      this.move("generator");
    }
    this.count();
  }

  /**
   * Plays one move alone, which counts as a round.
   * @param {PlayerName} player
   */
  step(player) {
    this.move(player);
    this.game.rounds += 1;
    this.look();
  }

  /**
   * Computes a move without making it.
   * @param {PlayerName} player
   * @returns {Outcome}
   */
  prepare(player) {
    const { game } = this;
    let outcome;
    if (player === "discriminator") {
      game.drawDiscriminator();
      outcome = game.computeDiscriminator();
    } else {
      game.drawGenerator();
      outcome = game.computeGenerator();
    }
    this.pending = { player, outcome };
    return outcome;
  }

  /** Makes the move that was computed. */
  commit() {
    if (this.pending) {
      const { player, outcome } = this.pending;
      this.pending = null;
      this.tallies[player].add(outcome);
      if (player === "discriminator") {
        this.game.stepDiscriminator();
      } else {
        this.game.stepGenerator();
      }
    }
  }

  /** @param {PlayerName} player */
  move(player) {
    this.prepare(player);
    this.commit();
  }

  /** Counts a round, and records how the game stands where it is time. */
  count() {
    this.game.rounds += 1;
    if (this.game.rounds % interval(this.game.rounds) === 0) {
      this.look();
    }
  }

  /** Looks how the game stands, and records it. */
  look() {
    this.observer.look();
    const { discriminator, generator } = this.tallies;
    this.entries.push({
      round: this.game.rounds,
      lossD: discriminator.mean("loss"),
      lossG: generator.mean("loss"),
      penalty: discriminator.mean("penalty"),
      normD: discriminator.mean("norm"),
      normG: generator.mean("norm"),
      ...this.observer.measure(),
    });
    this.recorded += 1;
    this.tallies = { discriminator: new Tally(), generator: new Tally() };
    if (this.entries.length > MOST) {
      this.entries = this.entries.filter((_, index) => index % 2 === 0 || index === this.entries.length - 1);
    }
  }

  /** @returns {boolean} whether every weight is a number still */
  get finite() {
    const { generator, discriminator } = this.game;
    return [generator, discriminator].every((player) => player.trained.weights.every(Number.isFinite));
  }

  /** @returns {object} all that there is, for JSON: settings, weights, moments, counts and records */
  save() {
    const { game } = this;
    return {
      format: FORMAT,
      settings: this.settings,
      rounds: game.rounds,
      moves: { ...game.moves },
      means: { ...game.means },
      generator: game.generator.save(),
      discriminator: game.discriminator.save(),
      entries: this.entries,
    };
  }

  /**
   * The session that a file holds; it goes on exactly as the saved one would have.
   * @param {any} saved
   * @returns {Session}
   * @throws {Error} with a sentence, if it is no such file
   */
  static restore(saved) {
    if (typeof saved !== "object" || saved === null || saved.format !== FORMAT) {
      throw new Error(`This is no file of the playground: its "format" must be "${FORMAT}".`);
    }
    const session = new Session(saved.settings ?? {});
    const { game } = session;
    game.generator.restore(saved.generator ?? {});
    game.discriminator.restore(saved.discriminator ?? {});
    game.rounds = whole(saved.rounds);
    game.moves = { discriminator: whole(saved.moves?.discriminator), generator: whole(saved.moves?.generator) };
    for (const [name, value] of Object.entries(saved.means ?? {})) {
      game.means[name] = Number(value);
    }
    session.entries = Array.isArray(saved.entries) ? saved.entries.slice(0, MOST) : [];
    session.recorded = session.entries.length;
    session.observer.look();
    return session;
  }
}

/**
 * Rounds from one record to the next: few at first, when much happens, and 16 after 512.
 * @param {number} round
 */
export function interval(round) {
  return Math.min(16, 2 ** Math.max(0, Math.floor(Math.log2(round / 32))));
}

/** @param {unknown} value @returns {number} */
function whole(value) {
  if (!Number.isInteger(value) || Number(value) < 0) {
    throw new Error(`The file counts rounds and moves as ${JSON.stringify(value)}; they must be whole numbers.`);
  }
  return Number(value);
}
