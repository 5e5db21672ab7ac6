// @ts-check
/** The playground: a game between small networks that is played, watched and changed in the browser alone. */

import { alarm, announce, fill, h } from "../core/dom.js";
import { Board, SPEEDS } from "./board.js";
import { forgetColours } from "./canvas.js";
import { makeControls } from "./controls.js";
import { makeData } from "./data.js";
import { SettingError, checked } from "./engine/settings.js";
import { makeFlow } from "./flow.js";
import { makeLessons } from "./lessons.js";
import { fromQuery, toQuery } from "./link.js";
import { makeReadings } from "./readings.js";
import { SlowMotion } from "./slow.js";
import { Stage } from "./stage.js";
import { summary } from "./telling.js";
import { makeToolbar } from "./toolbar.js";

/** @typedef {import("./types.js").Playground} Playground */
/** @typedef {import("./engine/settings.js").Settings} Settings */

/**
 * Where the playground lives.
 * @typedef {object} Surroundings
 * @property {() => Worker} makeWorker that runs engine/worker.js
 * @property {URLSearchParams} query of the address: settings, and words of lessons
 * @property {(query: URLSearchParams) => void} remember puts another query into the address
 * @property {() => string} link the address as others can open it
 */

/**
 * @param {HTMLElement} root
 * @param {Surroundings} surroundings
 * @returns {{playground: Playground, ready: Promise<void>, close: () => void}} ready once the first frame is drawn, or
 *   it is said why there is none
 */
export function openPlayground(root, { makeWorker, query, remember, link }) {
  const board = new Board(makeWorker());
  const slow = new SlowMotion(board);
  const stage = new Stage(board, slow);
  const notes = notesOf(query);
  const address = new Address(() => remember(new URLSearchParams({ ...toQuery(board.settings),
    ...(board.speed === 8 ? {} : { speed: String(board.speed) }), ...Object.fromEntries(notes) })));
  const write = () => address.write();
  const playground = playgroundOf(root, board, slow, notes, write);
  const toolbar = makeToolbar(board, slow, () => {
    address.writeNow();
    return link();
  });
  const data = makeData(board, stage);
  const readings = makeReadings(board);
  const trouble = h("p", { class: "problem", role: "alert", data: { testid: "trouble" }, hidden: true });
  const lessons = makeLessons(playground);
  const columns = h("div", { class: "pg-columns" },
    h("div", { class: "pg-middle" }, makeFlow(board, slow), stage.frame, stage.legend,
      makeCaption(board, slow, stage.legend)),
    makeControls(board, data.element), readings.element);
  fill(root, h("div", { class: "pg" },
    h("div", { class: "heading pg-title" }, h("h1", null, "Playground"),
      h("p", { class: "soft" }, "Two small networks play against each other, here in your browser: G makes points, D "
        + "tells them from real ones.")),
    lessons.element, toolbar.element, trouble, columns));
  const heights = followHeights(root, columns, [lessons.element, toolbar.element]);
  board.listen(["trouble"], () => {
    trouble.hidden = !board.trouble;
    fill(trouble, board.trouble);
  });
  board.listen(["settings"], write);
  board.listen(["playing"], () => {
    write();
    if (!board.playing && board.frame) {
      announce(`Paused. ${summary(board.frame, board.settings)}`);
    }
  });
  const repaint = () => {
    forgetColours();
    board.tell("layers");
    board.tell("frame");
  };
  document.addEventListener("theme", repaint);
  const ready = firstFrame(board);
  beginWith(board, query);
  return {
    playground,
    ready,
    close: () => {
      document.removeEventListener("theme", repaint);
      heights.disconnect();
      address.close();
      lessons.stop();
      slow.stop();
      [toolbar, data, readings, stage, board].forEach((part) => part.close());
    },
  };
}

/** Milliseconds from one writing of the address to the next: browsers refuse hundreds in a few seconds. */
const WRITTEN = 250;

/** Writes the address, but not with every step of a slider. */
class Address {
  /** @param {() => void} write */
  constructor(write) {
    this.writeIt = write;
    this.written = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Soon, at the latest. */
  write() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.writeNow(), Math.max(0, this.written + WRITTEN - performance.now()));
  }

  writeNow() {
    clearTimeout(this.timer);
    this.written = performance.now();
    this.writeIt();
  }

  close() {
    clearTimeout(this.timer);
  }
}

/**
 * Lets the stage be as high as the window leaves it: what is above it may grow, as when a lesson is open.
 * @param {HTMLElement} root
 * @param {HTMLElement} columns that hold the stage
 * @param {HTMLElement[]} above
 * @returns {ResizeObserver}
 */
function followHeights(root, columns, above) {
  const heights = new ResizeObserver(() => {
    root.style.setProperty("--pg-above", `${Math.round(columns.getBoundingClientRect().top + window.scrollY)}px`);
  });
  above.forEach((element) => heights.observe(element));
  return heights;
}

/**
 * @param {Board} board
 * @returns {Promise<void>} resolved when there is something to be seen, or it is said why there is nothing
 */
function firstFrame(board) {
  return new Promise((resolve) => {
    const stop = board.listen(["frame", "trouble"], () => {
      if (board.frame || board.lost) {
        stop();
        resolve();
      }
    });
  });
}

/**
 * Begins the game that an address names, or the usual one where it names none that can be.
 * @param {Board} board
 * @param {URLSearchParams} query
 */
function beginWith(board, query) {
  const speed = Number(query.get("speed"));
  if (SPEEDS.includes(speed)) {
    board.hurry(speed);
  }
  try {
    board.begin(fromQuery(query));
  } catch (error) {
    if (!(error instanceof SettingError)) {
      throw error;
    }
    board.begin({});
    board.complain(`This link cannot be played: ${error.message} Here is the usual game instead.`);
    alarm(board.trouble);
  }
}

/**
 * Words in the address that are no settings.
 * @param {URLSearchParams} query
 * @returns {Map<string, string>}
 */
function notesOf(query) {
  const known = new Set([...Object.keys(checked({})), "speed"]);
  return new Map([...query].filter(([key]) => !known.has(key)));
}

/**
 * What happens in this phase of slow motion, with a button for the next, in place of the legend; and a hint at the
 * beginning.
 * @param {Board} board
 * @param {SlowMotion} slow
 * @param {HTMLElement} legend
 */
function makeCaption(board, slow, legend) {
  const text = h("p", { data: { testid: "caption" } });
  const next = h("button", { type: "button", title: "The next phase (n)", data: { testid: "slow-next" },
    on: { click: () => slow.next() } }, "Next");
  const show = () => {
    next.hidden = !slow.on;
    legend.hidden = slow.on;
    if (slow.on) {
      fill(text, slow.caption());
      return;
    }
    fill(text, board.frame?.round || board.playing ? "" : "Press Run, or make single moves, and watch the diamonds "
      + "learn where the circles are.");
  };
  slow.listen(() => {
    show();
    if (slow.on) {
      announce(slow.caption());
    }
  });
  board.listen(["frame", "playing"], show);
  return h("div", { class: "pg-caption" }, text, next);
}

/**
 * @param {HTMLElement} root
 * @param {Board} board
 * @param {SlowMotion} slow
 * @param {Map<string, string>} notes
 * @param {() => void} write
 * @returns {Playground}
 */
function playgroundOf(root, board, slow, notes, write) {
  const halt = () => {
    slow.stop();
    board.pause();
  };
  return {
    settings: () => structuredClone(board.settings),
    apply: (asked, { restart = false } = {}) => {
      if (restart) {
        checked(asked);
        halt();
        board.begin(asked);
      } else {
        board.change(asked);
      }
    },
    reset: () => {
      halt();
      board.reset();
    },
    run: (on) => {
      slow.stop();
      if (on !== board.playing) {
        (on ? () => board.play() : () => board.pause())();
      }
    },
    running: () => board.playing,
    speed: (factor) => board.hurry(factor),
    step: (player) => {
      slow.stop();
      board.step(player);
    },
    frame: () => board.frame,
    entries: () => board.entries,
    onFrame: (listener) => board.listen(["frame"], () => board.frame && listener(board.frame)),
    onSettings: (listener) => board.listen(["settings"], listener),
    onBegin: (listener) => board.listen(["began"], listener),
    show: (layers) => {
      board.layers = new Set(layers);
      board.tell("layers");
    },
    element: (testid) => root.querySelector(`[data-testid="${CSS.escape(testid)}"]`),
    noted: (key) => notes.get(key) ?? null,
    note: (key, value) => {
      if (value === null) {
        notes.delete(key);
      } else {
        notes.set(key, value);
      }
      write();
    },
  };
}
