// @ts-check
/** The page's side of a game: what is asked of the worker, what came back, and who wants to hear of it. */

import { DEFAULTS, checked } from "./engine/settings.js";

/** @typedef {import("./engine/settings.js").Settings} Settings */
/** @typedef {import("./engine/frames.js").Frame} Frame */
/** @typedef {import("./engine/session.js").Entry} Entry */
/** @typedef {import("./engine/session.js").PlayerName} PlayerName */
/** @typedef {import("./engine/worker.js").Request} Request */
/** @typedef {import("./engine/worker.js").Answer} Answer */

/**
 * - "frame": there is a new frame, and this is the moment to draw it;
 * - "settings": settings were changed, here or by a new game;
 * - "began": a new game was begun;
 * - "playing": play or pause, or another speed;
 * - "layers": other layers are to be shown;
 * - "trouble": `trouble` has another sentence.
 * @typedef {"frame" | "settings" | "began" | "playing" | "layers" | "trouble"} Topic
 */

/** Layers of the stage, in the order in which they are drawn. */
export const LAYERS = ["heat", "manifold", "real", "fake", "arrows", "trail", "best", "threads"];
/** Those that a game begins with. */
const USUAL = ["heat", "manifold", "real", "fake", "arrows", "best", "threads"];
const MOST_ENTRIES = 2000;

export class Board {
  /** @param {Worker} worker that runs engine/worker.js */
  constructor(worker) {
    this.worker = worker;
    /** @type {Settings} */
    this.settings = { ...DEFAULTS };
    /** @type {Frame | null} */
    this.frame = null;
    /** @type {Entry[]} */
    this.entries = [];
    this.playing = false;
    this.speed = 8;
    /** Rounds a second that are really played. */
    this.pace = 0;
    this.layers = new Set(USUAL);
    /** A sentence about what went wrong; empty if nothing did. */
    this.trouble = "";
    this.game = 0;
    /** @type {Map<Topic, Set<() => void>>} */
    this.listeners = new Map();
    /** Whether a frame is on its way. */
    this.asked = false;
    this.drawing = 0;
    /** @type {((saved: object) => void)[]} */
    this.savers = [];
    worker.onmessage = (event) => this.hear(event.data);
    worker.onerror = (event) => this.complain(`The engine stopped: ${event.message || "it could not be loaded"}.`);
  }

  /**
   * @param {Topic[]} topics
   * @param {() => void} listener
   */
  listen(topics, listener) {
    for (const topic of topics) {
      this.listeners.set(topic, (this.listeners.get(topic) ?? new Set()).add(listener));
    }
  }

  /** @param {Topic} topic */
  tell(topic) {
    this.listeners.get(topic)?.forEach((listener) => listener());
  }

  /** @param {Request} request */
  send(request) {
    this.worker.postMessage(request);
  }

  /** @param {Answer} answer */
  hear(answer) {
    switch (answer.type) {
      case "frame":
        return this.take(answer);
      case "began":
        return this.begun(answer);
      case "saved":
        return this.savers.shift()?.(answer.saved);
      case "refused":
        return this.complain(answer.sentence);
      case "failed":
        this.pause();
        return this.complain(answer.sentence);
    }
  }

  /** @param {Answer & {type: "frame"}} answer */
  take({ game, speed, frame }) {
    this.asked = false;
    if (game !== this.game) {
      this.ask();
      return;
    }
    this.frame = frame;
    this.pace = speed;
    this.entries.push(...frame.entries);
    if (this.entries.length > MOST_ENTRIES) {
      this.entries = this.entries.filter((_, index) => index % 2 === 0 || index === this.entries.length - 1);
    }
    if (!this.drawing) {
      this.drawing = requestAnimationFrame(() => {
        this.drawing = 0;
        this.tell("frame");
        if (this.playing) {
          this.ask();
        }
      });
    }
  }

  /** @param {Answer & {type: "began"}} answer */
  begun({ settings, game }) {
    this.game = game;
    this.settings = settings;
    this.entries = [];
    this.frame = null;
    this.complain("");
    this.tell("settings");
    this.tell("began");
    this.ask();
  }

  /** @param {string} sentence */
  complain(sentence) {
    this.trouble = sentence;
    this.tell("trouble");
  }

  /** Asks for a frame; the worker answers as soon as it can, and is asked for one at a time. */
  ask() {
    if (!this.asked) {
      this.asked = true;
      this.send({ type: "frame" });
    }
  }

  /**
   * Begins a new game.
   * @param {{[key: string]: unknown}} asked settings that are not the defaults
   */
  begin(asked) {
    this.send({ type: "begin", settings: checked(asked) });
  }

  /** Begins the same game again. */
  reset() {
    this.begin({ ...this.settings });
  }

  /**
   * Changes settings; they hold from the next move on, or begin a new game where that has other weights.
   * @param {Partial<Settings>} asked
   * @throws {import("./engine/settings.js").SettingError} if they cannot be
   */
  change(asked) {
    this.settings = checked({ ...this.settings, ...asked });
    this.send({ type: "change", settings: asked });
    this.tell("settings");
    this.ask();
  }

  /** Plays on. */
  play() {
    this.playing = true;
    this.send({ type: "play", speed: this.speed });
    this.tell("playing");
    this.ask();
  }

  /** Stops for now. */
  pause() {
    this.playing = false;
    this.send({ type: "pause" });
    this.tell("playing");
    this.ask();
  }

  /** @param {number} speed from 1 to 64 */
  hurry(speed) {
    this.speed = speed;
    if (this.playing) {
      this.send({ type: "play", speed });
    }
    this.tell("playing");
  }

  /** @param {PlayerName | "both"} player who makes one move */
  step(player) {
    if (this.playing) {
      this.pause();
    }
    this.send({ type: "step", player });
    this.ask();
  }

  /** @param {PlayerName} player whose next move is computed, and looked at before it is made */
  prepare(player) {
    this.send({ type: "prepare", player });
    this.ask();
  }

  /** Makes the move that was computed. */
  commit() {
    this.send({ type: "commit" });
    this.ask();
  }

  /**
   * @param {string} layer
   * @param {boolean} shown
   */
  show(layer, shown) {
    if (shown) {
      this.layers.add(layer);
    } else {
      this.layers.delete(layer);
    }
    this.tell("layers");
  }

  /** @returns {Promise<object>} everything, as a file holds it */
  save() {
    return new Promise((resolve) => {
      this.savers.push(resolve);
      this.send({ type: "save" });
    });
  }

  /** Ends it all. */
  close() {
    cancelAnimationFrame(this.drawing);
    this.listeners.clear();
    this.worker.terminate();
  }
}
