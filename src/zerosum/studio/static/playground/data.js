// @ts-check
/** What is to be learnt: a tile for each distribution, points drawn on the stage, or points that are typed. */

import { fill, h } from "../core/dom.js";
import { counted } from "../core/words.js";
import { circle, colours, faded } from "./canvas.js";
import { DISTRIBUTIONS, MOST_POINTS } from "./engine/distributions.js";
import { REACH } from "./engine/measures.js";
import { Stream } from "./engine/streams.js";
import { grained } from "./link.js";
import { placing } from "./plane.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./stage.js").Stage} Stage */

/** Size of a tile's picture, and points in it. */
const TILE = 52;
const DOTS = 130;
/** Distance between two points of a stroke, and how far from the stroke they may lie, in units of the stage. */
const APART = 0.09;
const LOOSE = 0.05;

/**
 * @param {Board} board
 * @param {Stage} stage where points are drawn
 * @returns {{element: HTMLElement, close: () => void}}
 */
export function makeData(board, stage) {
  const hand = new Hand(board, stage);
  const tiles = Object.entries(DISTRIBUTIONS).map(([name, { label, says, dimensions }]) => {
    const input = h("input", { type: "radio", name: "pg-data", value: name, data: { testid: `data-${name}` },
      on: { change: () => choose(board, name, dimensions) } });
    const picture = h("canvas", { width: 2 * TILE, height: 2 * TILE, "aria-hidden": "true" });
    const element = h("label", { class: "pg-tile", title: says }, input, picture, h("span", null, label));
    return { name, input, picture, element };
  });
  const says = h("p", { class: "small soft" });
  const paint = () => tiles.forEach(({ name, picture }) => drawTile(picture, name));
  const show = () => {
    const { data, points } = board.settings;
    tiles.forEach(({ name, input }) => {
      input.checked = name === data;
    });
    const own = counted(points.length / (data === "points1" ? 1 : 2), "point");
    fill(says, DISTRIBUTIONS[data]?.says ?? `Your own ${own}.`);
  };
  board.listen(["settings"], show);
  document.addEventListener("theme", paint);
  paint();
  show();
  const group = (/** @type {string} */ title, /** @type {1 | 2} */ dimensions) => h("fieldset", { class: "pg-tiles" },
    h("legend", { class: "small soft" }, title),
    tiles.filter(({ name }) => DISTRIBUTIONS[name].dimensions === dimensions).map(({ element }) => element));
  return {
    element: h("div", { class: "stack pg-data", data: { testid: "setting-data" } }, group("In the plane", 2),
      group("On a line", 1), says, hand.element),
    close: () => {
      document.removeEventListener("theme", paint);
      hand.close();
    },
  };
}

/** What suits one dimension, as in the first paper's figure and algorithm, and what suits two. */
const SUITING = { 1: { latentSize: 1, discriminatorSteps: 3 }, 2: { latentSize: 2, discriminatorSteps: 1 } };

/**
 * Takes other data; where they have other dimensions, with what suits those.
 * @param {Board} board
 * @param {string} data
 * @param {1 | 2} dimensions
 * @param {number[]} [points]
 */
function choose(board, data, dimensions, points = []) {
  const before = board.settings.data;
  const had = before === "points1" ? 1 : before === "points2" ? 2 : DISTRIBUTIONS[before].dimensions;
  board.change({ data, points, ...(had === dimensions ? {} : SUITING[dimensions]) });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} name of a distribution
 */
function drawTile(canvas, name) {
  const context = canvas.getContext("2d");
  if (!context) {
    return;
  }
  const { dimensions, draw, density } = DISTRIBUTIONS[name];
  const palette = colours();
  context.setTransform(2, 0, 0, 2, 0, 0);
  context.clearRect(0, 0, TILE, TILE);
  context.beginPath();
  if (dimensions === 1 && density) {
    const values = Array.from({ length: TILE }, (_, x) => density(REACH * ((2 * x) / (TILE - 1) - 1)));
    const high = Math.max(...values) * 1.3;
    values.forEach((value, x) => context.lineTo(x, TILE - 6 - (value / high) * (TILE - 10)));
    context.strokeStyle = palette.real;
    context.lineWidth = 2;
    context.stroke();
    return;
  }
  const points = new Float64Array(2 * DOTS);
  draw(new Stream().begin(0), points, DOTS);
  const { x, y } = placing(TILE);
  for (let i = 0; i < points.length; i += 2) {
    circle(context, x(points[i]), y(points[i + 1]), 1.1);
  }
  context.fillStyle = palette.real;
  context.fill();
}

/** A person's own points: drawn with the pointer, or typed. */
class Hand {
  /**
   * @param {Board} board
   * @param {Stage} stage
   */
  constructor(board, stage) {
    this.board = board;
    this.stage = stage;
    this.drawing = false;
    /** Whether the pointer is down. */
    this.down = false;
    /** @type {number[] | null} where the newest point of the stroke is */
    this.last = null;
    /** @type {number[]} of the stroke that is being drawn */
    this.stroke = [];
    this.random = new Stream().begin(0);
    this.draw = h("button", { type: "button", "aria-pressed": "false", data: { testid: "draw" },
      on: { click: () => this.turn(!this.drawing) } }, "Draw points");
    this.clear = h("button", { type: "button", class: "quiet", data: { testid: "clear-points" }, hidden: true,
      on: { click: () => this.take([]) } }, "Clear");
    this.text = h("textarea", { id: "pg-points", rows: 4, spellcheck: false, data: { testid: "points" },
      placeholder: "1.2, 0.5\n-0.3, 1", "aria-describedby": "pg-points-help" });
    this.note = h("p", { class: "small wrong", role: "status" });
    this.element = h("div", { class: "stack pg-hand" }, h("div", { class: "row" }, this.draw, this.clear),
      h("details", null, h("summary", { data: { testid: "type-points" } }, "Type or paste points"),
        h("div", { class: "field" }, h("label", { for: "pg-points" }, "Points"),
          h("p", { class: "help", id: "pg-points-help" }, "One a line: two numbers for the plane, one for the line."),
          this.text, this.note, h("button", { type: "button", data: { testid: "use-points" },
            on: { click: () => this.read() } }, "Use these points"))));
    const { canvas } = stage.surface;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", () => this.end());
    canvas.addEventListener("pointercancel", () => this.end());
    board.listen(["settings"], () => this.show());
    this.show();
  }

  /** Whether the stage is a line. */
  get flat() {
    return this.board.frame?.dimensions === 1;
  }

  /** @returns {number[]} the points that are there already */
  get points() {
    const { data, points } = this.board.settings;
    return data === (this.flat ? "points1" : "points2") ? points : [];
  }

  show() {
    const { data, points } = this.board.settings;
    const own = data === "points1" || data === "points2";
    this.clear.hidden = !own;
    if (own && document.activeElement !== this.text) {
      const dimensions = data === "points1" ? 1 : 2;
      const rows = Array.from({ length: points.length / dimensions }, (_, i) =>
        points.slice(i * dimensions, (i + 1) * dimensions).map((one) => Number(one.toFixed(2))).join(", "));
      this.text.value = rows.join("\n");
    }
  }

  /** @param {boolean} on */
  turn(on) {
    this.drawing = on;
    this.draw.setAttribute("aria-pressed", String(on));
    this.stage.frame.classList.toggle("pg-drawing", on);
    fill(this.draw, on ? "Done drawing" : "Draw points");
    this.stage.over = on ? (context, size, palette) => {
      context.beginPath();
      const { x, y } = placing(size);
      if (this.flat) {
        this.stroke.forEach((value) => circle(context, x(value), size / 2, 3.5));
      } else {
        for (let i = 0; i < this.stroke.length; i += 2) {
          circle(context, x(this.stroke[i]), y(this.stroke[i + 1]), 3.5);
        }
      }
      context.fillStyle = palette.real;
      context.fill();
      context.fillStyle = faded(palette.card, 0.85);
      context.fillRect(8, 8, 200, 24);
      context.fillStyle = palette.ink;
      context.font = "13px system-ui, sans-serif";
      context.textAlign = "left";
      context.fillText(`Draw here: ${this.points.length || this.stroke.length ? "more points" : "your data"}`, 14, 25);
    } : null;
    this.stage.surface.paint();
  }

  /** @param {PointerEvent} event */
  begin(event) {
    if (this.drawing && event.button === 0) {
      this.stage.surface.canvas.setPointerCapture(event.pointerId);
      this.stroke = [];
      this.last = null;
      this.down = true;
      this.move(event);
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    if (!this.down) {
      return;
    }
    const box = this.stage.surface.canvas.getBoundingClientRect();
    const [x, y] = placing(box.width).back(event.clientX - box.left, event.clientY - box.top);
    const [fromX, fromY] = this.last ?? [x, y];
    const way = this.flat ? Math.abs(x - fromX) : Math.hypot(x - fromX, y - fromY);
    const steps = this.last ? Math.floor(way / APART) : 1;
    for (let i = 1; i <= steps; i++) {
      const share = i / steps;
      const place = [fromX + share * (x - fromX), fromY + share * (y - fromY)];
      this.stroke.push(...place.slice(0, this.flat ? 1 : 2).map((one) => inside(one + LOOSE * this.random.normal())));
    }
    if (steps) {
      this.last = [x, y];
      this.stage.surface.paint();
    }
  }

  end() {
    if (this.down) {
      this.down = false;
      const all = [...this.points, ...this.stroke];
      this.stroke = [];
      this.take(all.slice(-MOST_POINTS * (this.flat ? 1 : 2)));
    }
  }

  /** Takes what is typed. */
  read() {
    const rows = this.text.value.split(/[\n;]+/).map((row) => row.trim()).filter(Boolean)
      .map((row) => row.split(/[\s,]+/).filter(Boolean).map(Number));
    const width = rows[0]?.length ?? 0;
    const wrong = rows.findIndex((row) => row.length !== width || !row.every(Number.isFinite));
    if (!rows.length || width > 2) {
      return this.say(`Give one or two numbers a line; the first line has ${width}.`);
    }
    if (wrong >= 0) {
      return this.say(`Line ${wrong + 1} must hold ${counted(width, "number")}, as the first one does.`);
    }
    if (rows.length > MOST_POINTS) {
      return this.say(`There are ${rows.length} points; give ${MOST_POINTS} at most.`);
    }
    const { points, fitted } = fit(rows, width);
    this.say(fitted ? `Moved and scaled to fit the stage, which shows what lies between -${REACH} and ${REACH}.` : "");
    choose(this.board, width === 1 ? "points1" : "points2", width === 1 ? 1 : 2, points);
  }

  /** @param {string} sentence */
  say(sentence) {
    fill(this.note, sentence);
  }

  /** @param {number[]} points instead of those there are; none for the ring again */
  take(points) {
    const dimensions = this.flat ? 1 : 2;
    if (points.length) {
      choose(this.board, this.flat ? "points1" : "points2", dimensions, points);
    } else {
      choose(this.board, this.flat ? "gaussian1" : "ring", dimensions);
    }
  }

  close() {
    this.stage.over = null;
  }
}

/** @param {number} coordinate @returns {number} on the stage */
function inside(coordinate) {
  return grained(Math.min(REACH, Math.max(-REACH, coordinate)));
}

/**
 * Brings points onto the stage, if any lies beside it.
 * @param {number[][]} rows
 * @param {number} width numbers in each
 * @returns {{points: number[], fitted: boolean}}
 */
function fit(rows, width) {
  if (rows.every((row) => row.every((one) => Math.abs(one) <= REACH))) {
    return { points: rows.flat().map(grained), fitted: false };
  }
  const bounds = Array.from({ length: width }, (_, k) => {
    const column = rows.map((row) => row[k]);
    return [Math.min(...column), Math.max(...column)];
  });
  const reach = Math.max(...bounds.map(([low, high]) => (high - low) / 2)) || 1;
  const points = rows.flatMap((row) => row.map((one, k) => ((one - (bounds[k][0] + bounds[k][1]) / 2) / reach) * 1.7));
  return { points: points.map(grained), fitted: true };
}
