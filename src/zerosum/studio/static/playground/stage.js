// @ts-check
/** The stage: what the game looks like now, layer over layer, with a legend that turns layers on and off. */

import { fill, h } from "../core/dom.js";
import { percent } from "../core/words.js";
import { Surface, colours, faded, strokeOnPaper } from "./canvas.js";
import { REACH } from "./engine/measures.js";
import { drawCurves, drawPushes, drawSamples, drawThreads, lining } from "./line.js";
import { drawArrows, drawFake, drawHeat, drawManifold, drawReal, drawTrail, placing } from "./plane.js";
import { summary } from "./telling.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./canvas.js").Palette} Palette */
/** @typedef {import("./engine/frames.js").Frame} Frame */
/** @typedef {import("./engine/frames.js").Turn} Turn */
/** @typedef {import("./slow.js").SlowMotion} SlowMotion */

/** @typedef {(context: CanvasRenderingContext2D, size: number, palette: Palette) => void} Overlay */

/** Records whose centres the trail joins. */
const TRAIL = 240;
/** Milliseconds between two descriptions. */
const DESCRIBED = 1000;

/** @type {{[dimensions: number]: [string, string, string][]}} layers, their names, and what they are */
const LAYERS = {
  1: [
    ["data", "data p", "The density of the real samples: dotted."],
    ["generated", "generated p", "The density of G's samples: solid."],
    ["judged", "D", "What D says of each place: dashed, and as colours along the foot."],
    ["best", "best D", "What the best possible D would say now: p data / (p data + p generated)."],
    ["threads", "z → x", "Where G sends latents."],
    ["arrows", "pushes", "Where G's loss pushes its samples."],
  ],
  2: [
    ["heat", "D's map", "Green where D says real, orange where it says fake; the dashed line where it cannot tell."],
    ["manifold", "G's sheet",
      "A grid of latents where G puts it; all cells are equally likely, so the darker, the denser."],
    ["real", "real", "Samples of the data: filled circles."],
    ["fake", "generated", "G's samples: hollow diamonds."],
    ["arrows", "pushes", "Where G's actual loss pushes its samples; a bar at the tip where the arrow is cut."],
    ["trail", "trail", "The way of the centre of G's samples."],
  ],
};

export class Stage {
  /**
   * @param {Board} board
   * @param {SlowMotion} slow
   */
  constructor(board, slow) {
    this.board = board;
    this.slow = slow;
    this.surface = new Surface({ class: "pg-canvas", "aria-label": "The game", data: { testid: "board" } }, 1,
      (context, size) => this.draw(context, size));
    this.pointed = h("p", { class: "pg-pointed small", "aria-hidden": "true", hidden: true });
    this.frame = h("div", { class: "pg-stage" }, this.surface.canvas, this.pointed);
    this.legend = h("div", { class: "pg-legend", role: "group", "aria-label": "Layers" });
    this.dimensions = 0;
    this.described = -Infinity;
    /** What is drawn over all else, by who takes points by hand. */
    this.over = /** @type {Overlay | null} */ (null);
    board.listen(["frame"], () => this.show());
    board.listen(["layers"], () => {
      this.marks();
      this.surface.paint();
    });
    this.surface.canvas.addEventListener("pointermove", (event) => this.point(event));
    this.surface.canvas.addEventListener("pointerleave", () => {
      this.pointed.hidden = true;
    });
  }

  /** Draws the newest frame. */
  show() {
    const { frame, settings } = this.board;
    if (!frame) {
      return;
    }
    if (frame.dimensions !== this.dimensions) {
      this.dimensions = frame.dimensions;
      this.makeLegend();
    }
    this.surface.paint();
    const now = performance.now();
    if (now - this.described > DESCRIBED || !this.board.playing) {
      this.described = now;
      this.surface.describe(summary(frame, settings));
    }
  }

  makeLegend() {
    fill(this.legend, LAYERS[this.dimensions].map(([layer, name, says]) => h("button", { type: "button",
      class: "pg-layer", title: says, data: { testid: `layer-${layer}` }, on: {
        click: () => this.board.show(layer, !this.board.layers.has(layer)),
      } }, swatch(layer), name)));
    this.marks();
  }

  marks() {
    for (const button of this.legend.querySelectorAll("button")) {
      const layer = String(button.dataset.testid).slice("layer-".length);
      button.setAttribute("aria-pressed", String(this.board.layers.has(layer)));
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} size
   */
  draw(context, size) {
    const { frame, layers } = this.board;
    const palette = colours();
    if (frame) {
      if (frame.dimensions === 1) {
        this.drawLine(context, size, frame, layers, palette);
      } else {
        this.drawPlane(context, size, frame, layers, palette);
      }
    }
    this.over?.(context, size, palette);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} size
   * @param {Frame} frame
   * @param {Set<string>} layers
   * @param {Palette} palette
   */
  drawPlane(context, size, frame, layers, palette) {
    const { move } = this.slow;
    if (frame.heat && layers.has("heat")) {
      drawHeat(context, size, frame.heat, palette);
    }
    if (frame.manifold && layers.has("manifold")) {
      drawManifold(context, size, frame.manifold, palette);
    }
    if (move) {
      this.drawMove(context, size, move, palette);
      return;
    }
    if (layers.has("real")) {
      drawReal(context, size, frame.real, palette);
    }
    if (layers.has("fake")) {
      drawFake(context, size, frame.fake, palette);
    }
    if (layers.has("arrows")) {
      drawArrows(context, size, frame.fake, frame.arrows, palette);
    }
    if (layers.has("trail")) {
      drawTrail(context, size, this.board.entries.slice(-TRAIL).map(({ center }) => center), palette);
    }
  }

  /**
   * A move that is looked at before it is made: its own batch, D's verdicts, and what flows back.
   * @param {CanvasRenderingContext2D} context
   * @param {number} size
   * @param {Turn} move
   * @param {Palette} palette
   */
  drawMove(context, size, move, palette) {
    const { phase } = this.slow;
    const { pack } = this.board.settings;
    if (move.player === "discriminator") {
      drawReal(context, size, move.real, palette);
    }
    drawFake(context, size, move.fake, palette);
    if (phase === "judge") {
      const { x, y } = placing(size);
      const wrong = [
        ...(move.player === "discriminator" ? misjudged(move.real, move.onReal, pack, true) : []),
        ...misjudged(move.fake, move.onFake, pack, false),
      ];
      cross(context, wrong.map(([px, py]) => [x(px), y(py)]), palette);
    }
    if (phase === "blame" && move.arrows) {
      drawArrows(context, size, move.fake, move.arrows, palette);
    }
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} size
   * @param {Frame} frame
   * @param {Set<string>} layers
   * @param {Palette} palette
   */
  drawLine(context, size, frame, layers, palette) {
    const { move } = this.slow;
    if (frame.lines) {
      drawCurves(context, size, frame.lines, layers, palette);
    }
    if (layers.has("threads")) {
      drawThreads(context, size, frame.threads, palette);
    }
    const { real, fake } = move ?? frame;
    drawSamples(context, size, move?.player === "generator" ? real.subarray(0, 0) : real, fake, palette);
    if (move && this.slow.phase === "judge") {
      const { x, samples } = lining(size);
      const { pack } = this.board.settings;
      const onReal = move.player === "discriminator" ? misjudged(move.real, move.onReal, pack, true, 1) : [];
      cross(context, onReal.map(([value]) => [x(value), samples - 16]), palette);
      cross(context, misjudged(move.fake, move.onFake, pack, false, 1).map(([value]) => [x(value), samples]), palette);
    }
    const shown = move ? this.slow.phase === "blame" : layers.has("arrows");
    const { arrows } = move ?? frame;
    if (shown && arrows) {
      drawPushes(context, size, fake, arrows, palette);
    }
  }

  /** @param {PointerEvent} event */
  point(event) {
    const { frame } = this.board;
    const box = this.surface.canvas.getBoundingClientRect();
    const [x, y] = placing(box.width).back(event.clientX - box.left, event.clientY - box.top);
    const share = (/** @type {number} */ at) => Math.min(0.9999, Math.max(0, (at + REACH) / (2 * REACH)));
    let says = null;
    if (frame?.heat) {
      const { side, values } = frame.heat;
      says = values[Math.floor(share(-y) * side) * side + Math.floor(share(x) * side)];
    } else if (frame?.lines) {
      says = frame.lines.judged[Math.floor(share(x) * frame.lines.judged.length)];
    }
    this.pointed.hidden = says === null;
    const where = frame?.dimensions === 1 ? x.toFixed(2) : `${x.toFixed(2)}, ${y.toFixed(2)}`;
    fill(this.pointed, `${where}: D says ${says === null ? "" : percent(says)} real`);
  }

  close() {
    this.surface.close();
  }
}

/**
 * @param {Float32Array} points
 * @param {Float32Array} verdicts one a pack, from 0 for fake to 1 for real
 * @param {number} pack
 * @param {boolean} real what they are
 * @param {number} [dimensions]
 * @returns {number[][]} points that D gets wrong
 */
function misjudged(points, verdicts, pack, real, dimensions = 2) {
  const wrong = [];
  for (let i = 0; i < points.length / dimensions; i++) {
    const verdict = verdicts[Math.floor(i / pack)];
    if (verdict > 0.5 !== real) {
      wrong.push([...points.subarray(i * dimensions, (i + 1) * dimensions)]);
    }
  }
  return wrong;
}

/**
 * Crosses out what is judged wrong.
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} places
 * @param {Palette} palette
 */
function cross(context, places, palette) {
  context.beginPath();
  for (const [x, y] of places) {
    context.moveTo(x - 5, y - 5);
    context.lineTo(x + 5, y + 5);
    context.moveTo(x + 5, y - 5);
    context.lineTo(x - 5, y + 5);
  }
  strokeOnPaper(context, palette.ink, 1.6, faded(palette.card, 0.9), 4);
}

/** @type {{[layer: string]: [tag: "path" | "circle" | "rect", attributes: {[name: string]: unknown}][]}} */
const SWATCHES = {
  heat: [["rect", { x: 1, y: 3, width: 10, height: 10, class: "pg-fill-real pg-pale" }],
    ["rect", { x: 11, y: 3, width: 10, height: 10, class: "pg-fill-fake pg-pale" }],
    ["path", { d: "M11 2V14", class: "pg-ink", "stroke-dasharray": "3 2" }]],
  manifold: [["path", { class: "pg-third",
    d: "M2 4Q11 0 20 4M2 9Q11 5 20 9M2 14Q11 10 20 14M4 3V14M11 2V12M18 3V14" }]],
  real: [["circle", { cx: 11, cy: 8, r: 4, class: "pg-fill-real" }]],
  fake: [["path", { d: "M11 2.5 16.5 8 11 13.5 5.5 8Z", class: "pg-fake" }]],
  arrows: [["path", { d: "M3 12 18 4M12.5 3.5 18 4 15.5 9", class: "pg-ink" }]],
  trail: [["path", { d: "M2 13C8 13 6 4 12 5S16 11 19 8", class: "pg-accent" }]],
  data: [["path", { d: "M2 13C8 13 8 3 11 3S14 13 20 13", class: "pg-real", "stroke-dasharray": "1 4",
    "stroke-linecap": "round" }]],
  generated: [["path", { d: "M2 13C8 13 8 3 11 3S14 13 20 13", class: "pg-fake" }]],
  judged: [["path", { d: "M2 4H9C13 4 12 13 20 13", class: "pg-accent", "stroke-dasharray": "4 3" }]],
  best: [["path", { d: "M2 4H9C13 4 12 13 20 13", class: "pg-third", "stroke-dasharray": "7 2 1 2" }]],
  threads: [["path", { d: "M3 14 7 3M9 14 10 3M15 14 12 3M20 14 17 3", class: "pg-third" }]],
};

/** @param {string} layer @returns {SVGElement} how it is drawn */
function swatch(layer) {
  return h("svg", { viewBox: "0 0 22 16", width: 22, height: 16, "aria-hidden": "true", class: "pg-swatch" },
    SWATCHES[layer].map(([tag, attributes]) => h(tag, attributes)));
}
