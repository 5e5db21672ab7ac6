// @ts-check
/** What D says of real samples and of fakes: two histograms on one axis, real above it and generated below. */

import { fill, h } from "../core/dom.js";
import { number, percent } from "../core/words.js";
import { Surface, colours, faded } from "./canvas.js";
import { objectiveOf } from "./engine/game.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./engine/frames.js").Frame} Frame */

const BINS = 28;
const EDGE = 8;
const FOOT = 18;

/**
 * What is counted: probabilities where the loss has them, else logits.
 * @typedef {{real: Float32Array, fake: Float32Array, low: number, high: number, middle: number, probability: boolean}}
 *   Judgements
 */

export class Histogram {
  /** @param {Board} board */
  constructor(board) {
    this.board = board;
    const attributes = { class: "pg-plot", "aria-label": "What D says", data: { testid: "plot-histogram" } };
    this.surface = new Surface(attributes, 0.42, (context, width, height) => this.draw(context, width, height));
    this.caption = h("span", { class: "small soft" });
    this.key = h("p", { class: "pg-key small" });
    this.element = h("figure", { class: "pg-figure" },
      h("figcaption", null, h("h3", null, "What D says"), this.caption), this.key, this.surface.canvas);
    /** @type {Judgements | null} */
    this.judgements = null;
    this.reach = 0;
  }

  /** @param {Frame} frame */
  show(frame) {
    const { settings } = this.board;
    const probability = settings.pack === 1 ? objectiveOf(settings).probability : null;
    if (probability) {
      this.judgements = { real: frame.onReal.map(probability), fake: frame.onFake.map(probability), low: 0, high: 1,
        middle: probability(frame.middle), probability: true };
    } else {
      this.judgements = this.logits(frame);
    }
    const { real, fake } = this.judgements;
    const mean = (/** @type {Float32Array} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const inWords = (/** @type {number} */ value) => (probability ? percent(value) : number(value, 2));
    fill(this.caption, probability ? "How likely D takes a sample for real." : "D's scores; only differences count.");
    fill(this.key, h("span", null, "▲ real, mean ", h("span", { class: "pg-value pg-text-real" }, inWords(mean(real)))),
      h("span", null, "▼ generated, mean ", h("span", { class: "pg-value pg-text-fake" }, inWords(mean(fake)))));
    this.surface.paint();
    this.surface.describe(`Histogram of what D says: of real samples ${inWords(mean(real))} on average, of generated `
      + `ones ${inWords(mean(fake))}.`);
  }

  /** @param {Frame} frame @returns {Judgements} */
  logits({ onReal, onFake, middle }) {
    let far = 0.5;
    for (const value of [...onReal, ...onFake]) {
      far = Math.max(far, Math.abs(value - middle));
    }
    // Wide enough at once, and narrow again only slowly, so that the axis does not dance.
    this.reach = Math.max(far, 0.98 * this.reach);
    const [low, high] = [middle - this.reach, middle + this.reach];
    return { real: onReal, fake: onFake, low, high, middle, probability: false };
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  draw(context, width, height) {
    if (!this.judgements) {
      return;
    }
    const { real, fake, low, high, middle, probability } = this.judgements;
    const palette = colours();
    const [realCounts, fakeCounts] = [real, fake].map((values) => counted(values, low, high));
    const most = Math.max(...realCounts, ...fakeCounts);
    const axis = (height - FOOT) / 2;
    const bin = (width - 2 * EDGE) / BINS;
    for (let i = 0; i < BINS; i++) {
      const x = EDGE + i * bin + 0.5;
      const [up, down] = [realCounts[i], fakeCounts[i]].map((count) => (count / most) * (axis - 4));
      context.fillStyle = palette.real;
      context.fillRect(x, axis - up, bin - 1, up);
      context.fillStyle = palette.fake;
      context.fillRect(x, axis + 1, bin - 1, down);
    }
    context.strokeStyle = palette["line-strong"];
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(EDGE, axis + 0.5);
    context.lineTo(width - EDGE, axis + 0.5);
    context.stroke();
    const parting = EDGE + ((middle - low) / (high - low)) * (width - 2 * EDGE);
    context.strokeStyle = faded(palette.ink, 0.6);
    context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(parting, 0);
    context.lineTo(parting, height - FOOT + 3);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = palette.soft;
    context.font = "11px system-ui, sans-serif";
    context.textAlign = "left";
    context.fillText(probability ? "0 % · fake" : "fake", EDGE, height - 4);
    context.textAlign = "right";
    context.fillText(probability ? "real · 100 %" : "real", width - EDGE, height - 4);
    context.textAlign = "center";
    context.fillText(probability ? "50 %" : number(middle, 2), parting, height - 4);
  }

  close() {
    this.surface.close();
  }
}

/**
 * @param {Float32Array} values
 * @param {number} low
 * @param {number} high
 * @returns {number[]} how many lie in each bin
 */
function counted(values, low, high) {
  const counts = Array(BINS).fill(0);
  for (const value of values) {
    counts[Math.min(BINS - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * BINS)))] += 1;
  }
  return counts;
}
