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

/** Layers that a page begins with. */
const USUAL = ["heat", "manifold", "real", "fake", "arrows", "data", "generated", "judged", "best", "threads"];
const MOST_ENTRIES = 2000;
/** Speeds that there are; at 1, 8 rounds a second. */
export const SPEEDS = [1, 2, 4, 8, 16, 32, 64];
/** Milliseconds from one frame to the next for who wants less motion. */
const CALM = 700;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

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
    /** Counts what was ordered: the worker says with its answers how far it has heard. */
    this.sent = 0;
    /** The order since which frames are wanted; older ones show what was before it. */
    this.since = 0;
    /** Whether a frame is on its way. */
    this.asked = false;
    /** Whether a frame is going to be drawn. */
    this.drawing = false;
    /** @type {((saved: object) => void)[]} */
    this.savers = [];
    worker.onmessage = (event) => this.hear(event.data);
    /** Whether the worker is of no use any more. */
    this.lost = false;
    worker.onerror = (event) => {
      this.lost = true;
      this.complain(`The engine stopped: ${event.message || "it could not be loaded"}.`);
    };
  }

  /**
   * @param {Topic[]} topics
   * @param {() => void} listener
   * @returns {() => void} stops it
   */
  listen(topics, listener) {
    for (const topic of topics) {
      this.listeners.set(topic, (this.listeners.get(topic) ?? new Set()).add(listener));
    }
    return () => topics.forEach((topic) => this.listeners.get(topic)?.delete(listener));
  }

  /** @param {Topic} topic */
  tell(topic) {
    this.listeners.get(topic)?.forEach((listener) => listener());
  }

  /** @param {Request} request */
  send(request) {
    this.worker.postMessage({ ...request, order: this.sent });
  }

  /** @param {Request} request after which older frames are not wanted any more */
  order(request) {
    this.sent += 1;
    this.since = this.sent;
    this.send(request);
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
  take({ game, order, speed, frame }) {
    this.asked = false;
    if (game === this.game) {
      this.entries.push(...frame.entries);
    }
    if (game !== this.game || order < this.since) {
      this.ask();
      return;
    }
    this.frame = frame;
    this.pace = speed;
    if (this.entries.length > MOST_ENTRIES) {
      this.entries = this.entries.filter((_, index) => index % 2 === 0 || index === this.entries.length - 1);
    }
    if (!this.drawing) {
      this.drawing = true;
      if (calm.matches && this.playing) {
        setTimeout(() => this.draw(), CALM);
      } else {
        requestAnimationFrame(() => this.draw());
      }
    }
  }

  /** Has the newest frame drawn, and asks for the next one. */
  draw() {
    this.drawing = false;
    if (this.frame) {
      this.tell("frame");
      if (this.playing) {
        this.ask();
      }
    }
  }

  /** @param {Answer & {type: "began"}} answer */
  begun({ settings, game, order }) {
    this.game = game;
    if (order === this.sent) {
      this.settings = settings; // otherwise some were changed meanwhile, of which the worker will hear
    }
    this.entries = [];
    this.frame = null;
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
    this.settings = checked(asked);
    this.complain("");
    this.order({ type: "begin", settings: this.settings });
    this.tell("settings");
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
    this.complain("");
    this.sent += 1;
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
    if (this.playing) {
      this.playing = false;
      this.send({ type: "pause" });
      this.tell("playing");
      this.ask();
    }
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
    this.pause();
    this.order({ type: "step", player });
    this.ask();
  }

  /** @param {PlayerName} player whose next move is computed, and looked at before it is made */
  prepare(player) {
    this.order({ type: "prepare", player });
    this.ask();
  }

  /** Makes the move that was computed. */
  commit() {
    this.order({ type: "commit" });
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

  /** @param {unknown} saved what a file holds */
  restore(saved) {
    this.complain("");
    this.order({ type: "restore", saved });
  }

  /** Ends it all. */
  close() {
    this.listeners.clear();
    this.worker.terminate();
  }
}
