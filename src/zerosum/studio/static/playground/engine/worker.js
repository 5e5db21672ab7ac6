// @ts-check
/** Plays a session in a worker, as fast as is asked for, and answers for frames; the page is never kept waiting. */

import { Camera } from "./frames.js";
import { Session } from "./session.js";

/**
 * @typedef {{type: "begin", settings: {[key: string]: unknown}} | {type: "restore", saved: unknown}
 *   | {type: "change", settings: {[key: string]: unknown}} | {type: "play", speed: number} | {type: "pause"}
 *   | {type: "step", player: "discriminator" | "generator" | "both"} | {type: "prepare", player: "discriminator" |
 * "generator"}
 *   | {type: "commit"} | {type: "frame"} | {type: "save"}} Request
 */

/**
 * `order` is that of the last request that was heard, given back so that the page can tell what a frame knows of.
 *
 * @typedef {{type: "frame", game: number, order: number, speed: number, frame: import("./frames.js").Frame}
 *   | {type: "began", settings: import("./settings.js").Settings, game: number, order: number}
 *   | {type: "saved", saved: object} | {type: "refused", sentence: string} | {type: "failed", sentence: string}} Answer
 */

/** Rounds a second at speed 1. */
const PACE = 8;
/** Milliseconds of play between two looks at what was asked meanwhile. */
const SLICE = 8;

class Host {
  /** @param {(answer: Answer) => void} tell */
  constructor(tell) {
    this.tell = tell;
    this.session = new Session({});
    this.camera = new Camera(this.session);
    /** Counts the games that were begun, so that the page can tell frames of an old one. */
    this.number = 0;
    /** The order that was heard last. */
    this.order = 0;
    /** Records that the page has. */
    this.known = 0;
    /** Rounds a second that are asked for; 0 while paused. */
    this.pace = 0;
    /** Rounds that are due, which need not be whole. */
    this.due = 0;
    this.before = 0;
    this.wanted = false;
    /** When the last frame was made, and how long it took: a frame may take a third of the time. */
    this.framed = 0;
    this.cost = 0;
    /** Rounds played and when counting began, for the speed that is shown. */
    this.counted = { rounds: 0, since: 0, speed: 0 };
    const channel = new MessageChannel();
    channel.port1.onmessage = () => this.run();
    this.soon = () => channel.port2.postMessage(null);
    this.running = false;
  }

  /** @param {Request & {order: number}} request */
  hear(request) {
    this.order = request.order;
    try {
      this.answer(request);
    } catch (error) {
      this.tell({ type: "refused", sentence: error instanceof Error ? error.message : String(error) });
    }
  }

  /** @param {Request} request */
  answer(request) {
    const { session } = this;
    switch (request.type) {
      case "begin":
        return this.replace(new Session(request.settings));
      case "restore":
        return this.replace(Session.restore(request.saved));
      case "change":
        return this.change(session.change(request.settings));
      case "play":
        this.pace = PACE * request.speed;
        this.before = performance.now();
        this.counted = { rounds: 0, since: this.before, speed: 0 };
        return this.wake();
      case "pause":
        this.pace = 0;
        this.due = 0;
        return undefined;
      case "step":
        return this.step(request.player);
      case "prepare":
        session.prepare(request.player);
        return undefined;
      case "commit":
        session.commit();
        session.count();
        return undefined;
      case "frame":
        this.wanted = true;
        return this.pace ? undefined : this.show();
      case "save":
        return this.tell({ type: "saved", saved: session.save() });
    }
  }

  /** @param {Session} session that other settings led to */
  change(session) {
    if (session !== this.session) {
      this.replace(session);
    }
  }

  /** @param {Session} session that is played from now on */
  replace(session) {
    this.session = session;
    this.camera = new Camera(session);
    this.number += 1;
    this.known = 0;
    this.tell({ type: "began", settings: session.settings, game: this.number, order: this.order });
  }

  /** @param {"discriminator" | "generator" | "both"} player */
  step(player) {
    this.session.pending = null;
    if (player === "both") {
      this.session.round();
    } else {
      this.session.step(player);
    }
    this.check();
  }

  /** Makes sure that `run` will be called. */
  wake() {
    if (!this.running) {
      this.running = true;
      this.soon();
    }
  }

  /** Plays for a moment, shows a frame if one is wanted, and goes on later. */
  run() {
    if (!this.pace) {
      this.running = false;
      // A frame that was asked for while the game ran is still owed.
      if (this.wanted) {
        this.show();
      }
      return;
    }
    const now = performance.now();
    this.due = Math.min(this.due + ((now - this.before) * this.pace) / 1000, Math.max(1, this.pace / 10));
    this.before = now;
    while (this.due >= 1 && performance.now() - now < SLICE) {
      this.session.round();
      this.due -= 1;
      this.counted.rounds += 1;
    }
    this.check();
    this.clock();
    if (this.wanted && performance.now() - this.framed >= 2 * this.cost) {
      this.show();
    }
    if (this.due >= 1) {
      this.soon();
    } else {
      setTimeout(() => this.run(), Math.min(15, Math.max(1, ((1 - this.due) / (this.pace || 1)) * 1000)));
    }
  }

  /** Counts how many rounds a second there are. */
  clock() {
    const passed = performance.now() - this.counted.since;
    if (passed > 500) {
      this.counted = { rounds: 0, since: performance.now(), speed: (1000 * this.counted.rounds) / passed };
    }
  }

  /** Stops a game that has no numbers any more. */
  check() {
    if (!this.session.finite) {
      this.pace = 0;
      this.tell({ type: "failed", sentence: "A weight is not a number any more: the game has exploded. Reset, and take "
        + "lower learning rates, another loss, or a penalty." });
    }
  }

  show() {
    const began = performance.now();
    this.wanted = false;
    const frame = this.camera.take(this.known);
    this.known = frame.recorded;
    const speed = this.pace ? this.counted.speed : 0;
    this.tell({ type: "frame", game: this.number, order: this.order, speed, frame });
    this.framed = performance.now();
    this.cost = this.framed - began;
  }
}

const host = new Host((answer) => self.postMessage(answer));
self.onmessage = (event) => host.hear(event.data);
