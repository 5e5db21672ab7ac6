// @ts-check
/** Slow motion: the phases of each move, one after the other, each with a sentence about what happens in it. */

import { number, percent } from "../core/words.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./engine/frames.js").Turn} Turn */
/** @typedef {import("./engine/settings.js").Settings} Settings */
/** @typedef {import("./engine/session.js").PlayerName} PlayerName */
/** @typedef {"draw" | "judge" | "blame" | "learn"} Phase */

/** @type {{[player in PlayerName]: Phase[]}} */
const PHASES = { discriminator: ["draw", "judge", "learn"], generator: ["draw", "judge", "blame", "learn"] };
/** Milliseconds that a phase is shown, enough to read its sentence. */
const PAUSE = 4500;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class SlowMotion {
  /** @param {Board} board */
  constructor(board) {
    this.board = board;
    this.on = false;
    /** @type {PlayerName} */
    this.player = "discriminator";
    /** @type {Phase} */
    this.phase = "draw";
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    board.listen(["began"], () => this.stop());
    // Other settings make another move of it.
    board.listen(["settings"], () => this.on && this.begin(this.player));
  }

  /** @param {() => void} listener hears of every phase, and of the end */
  listen(listener) {
    this.listeners.add(listener);
  }

  /** Begins, or ends. */
  turn() {
    if (this.on) {
      this.stop();
    } else {
      this.board.pause();
      this.on = true;
      this.begin(this.board.settings.players === "generator" ? "generator" : "discriminator");
    }
  }

  stop() {
    clearTimeout(this.timer);
    if (this.on) {
      this.on = false;
      this.listeners.forEach((listener) => listener());
      this.board.tell("layers");
    }
  }

  /** @param {PlayerName} player whose move begins */
  begin(player) {
    this.player = player;
    this.board.prepare(player);
    this.enter("draw");
  }

  /** Goes on to the next phase. */
  next() {
    if (!this.on) {
      return;
    }
    const phases = PHASES[this.player];
    const following = phases[phases.indexOf(this.phase) + 1];
    if (!following) {
      const { players } = this.board.settings;
      const other = this.player === "generator" ? "discriminator" : "generator";
      this.begin(players === "both" ? other : players);
    } else {
      if (following === "learn") {
        this.board.commit();
      }
      this.enter(following);
    }
  }

  /** @param {Phase} phase */
  enter(phase) {
    this.phase = phase;
    this.listeners.forEach((listener) => listener());
    this.board.tell("layers");
    clearTimeout(this.timer);
    if (!calm.matches) {
      this.timer = setTimeout(() => this.next(), PAUSE);
    }
  }

  /** @returns {Turn | null} the move that is looked at, before it is made */
  get move() {
    return this.on && this.phase !== "learn" ? this.board.frame?.turn ?? null : null;
  }

  /** @returns {string} what happens in this phase */
  caption() {
    const { player, phase, board } = this;
    const before = player === "generator" ? PHASES.discriminator.length : 0;
    const all = PHASES.discriminator.length + PHASES.generator.length;
    const count = `${before + PHASES[player].indexOf(phase) + 1} of ${all}`;
    const turn = board.frame?.turn;
    if (phase === "draw") {
      return `${count} · ${drawn(player, board.settings)}`;
    }
    if (phase === "learn") {
      return `${count} · ${learnt(player, board.settings)}`;
    }
    return `${count} · ${turn ? judged(turn, phase) : ""}`;
  }
}

/**
 * @param {PlayerName} player
 * @param {Settings} settings
 * @returns {string}
 */
function drawn(player, { batch }) {
  return player === "discriminator"
    ? `D's move. ${batch} real samples (circles) are drawn, and G turns ${batch} latents z into fakes (diamonds).`
    : `G's move. ${batch} new random latents z go through G and become fakes (diamonds).`;
}

/**
 * @param {PlayerName} player
 * @param {Settings} settings
 * @returns {string}
 */
function learnt(player, { optimizer, generatorRate, discriminatorRate }) {
  const step = optimizer === "adam" ? "a step of Adam" : "a step down their gradient";
  return player === "discriminator"
    ? `D learns: its weights take ${step}, rate ${discriminatorRate}, and its map changes a little. G stays as it is.`
    : `G learns: its weights take ${step}, rate ${generatorRate}, and its samples move, roughly along the arrows.`;
}

/**
 * @param {Turn} turn
 * @param {Phase} phase
 * @returns {string}
 */
function judged({ player, onReal, onFake, loss, penalty }, phase) {
  const taken = (/** @type {Float32Array} */ verdicts) =>
    verdicts.filter((verdict) => verdict > 0.5).length / verdicts.length;
  if (player === "discriminator") {
    const penalties = penalty ? `, penalties ${number(penalty, 2)}` : "";
    return `D judges: it is right about ${percent(taken(onReal))} of the real samples and `
      + `${percent(1 - taken(onFake))} of the fakes; crosses mark its errors. Loss ${number(loss)}${penalties}.`;
  }
  if (phase === "judge") {
    return `D judges the fakes: ${percent(taken(onFake))} of them pass for real. G's loss is ${number(loss)}.`;
  }
  return "The gradient of G's loss flows back through D to each fake: arrows show where D would like it better. "
    + "Where D is flat, nothing is learnt.";
}
