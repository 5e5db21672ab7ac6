// @ts-check
/**
 * The stage in one dimension: the figure of Goodfellow et al. 2014 (arXiv:1406.2661, Figure 1), live. The data's
 * density is
 * dotted, the generator's solid, D dashed, and lines lead from latents z to their samples x.
 */

import { REACH } from "./engine/measures.js";
import { arrow, circle, diamond, faded, rgb } from "./canvas.js";
import { ARROW } from "./plane.js";

/** @typedef {import("./engine/frames.js").Frame} Frame */
/** @typedef {import("./canvas.js").Palette} Palette */

/** Heights, as shares of the canvas: of the curves' top and foot, of the samples' line, and of the latents'. */
const TOP = 0.07;
const FOOT = 0.6;
const SAMPLES = 0.7;
const LATENTS = 0.92;
/** The latents' line reaches from minus to plus this. */
const FAR = 2.8;
const LONGEST = 0.7;

/** @param {number} size */
export function lining(size) {
  const unit = size / (2 * REACH);
  return {
    unit,
    x: (/** @type {number} */ x) => (x + REACH) * unit,
    z: (/** @type {number} */ z) => ((z / FAR) * 0.94 + 1) * (size / 2),
    samples: SAMPLES * size,
  };
}

/**
 * A curve over the stage.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Float32Array} values one at each place, from -REACH to REACH
 * @param {number} high the value at the top
 */
function trace(context, size, values, high) {
  context.beginPath();
  values.forEach((value, index) => {
    context.lineTo((size * index) / (values.length - 1), size * (FOOT - ((FOOT - TOP) * value) / high));
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {NonNullable<Frame["lines"]>} lines
 * @param {Set<string>} layers
 * @param {Palette} palette
 */
export function drawCurves(context, size, { data, generated, judged, best }, layers, palette) {
  drawRuler(context, size, palette);
  const high = 1.25 * Math.max(...data);
  // Where neither density is, no D is better than another; the canvas leaves out what is not a number.
  const known = best && best.map((value, i) => (data[i] + generated[i] > 0.002 ? value : NaN));
  /** @type {[string, Float32Array | null, number, string, number, number[]][]} */
  const curves = [
    ["best", known, 1, palette.third, 1.5, [10, 4, 2, 4]],
    ["judged", judged, 1, palette.accent, 2.2, [8, 5]],
    ["generated", generated, high, palette.fake, 2.6, []],
    ["data", data, high, palette.real, 3, [1, 6]],
  ];
  for (const [layer, values, top, colour, width, dash] of curves) {
    if (values && layers.has(layer)) {
      trace(context, size, values, top);
      if (layer === "generated") {
        fillBelow(context, size, faded(colour, 0.1));
      }
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.lineCap = layer === "data" ? "round" : "butt";
      context.setLineDash(dash);
      context.stroke();
    }
  }
  context.setLineDash([]);
  context.lineCap = "butt";
  if (layers.has("judged")) {
    drawStrip(context, size, judged, palette);
  }
}

/**
 * Fills what lies below the path, and gives the path back as it was.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {string} colour
 */
function fillBelow(context, size, colour) {
  context.save();
  context.clip(new Path2D(`M0 0H${size}V${FOOT * size}H0Z`));
  context.fillStyle = colour;
  context.fill();
  context.restore();
}

/**
 * The foot of the curves, and the height at which D cannot tell.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Palette} palette
 */
function drawRuler(context, size, palette) {
  const half = size * ((FOOT + TOP) / 2);
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const y of [half, TOP * size, FOOT * size]) {
    context.moveTo(0, y);
    context.lineTo(size, y);
  }
  context.stroke();
  context.fillStyle = palette.soft;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "left";
  context.fillText("D = 1", 6, TOP * size - 5);
  context.fillText("D = ½", 6, half - 5);
  context.fillText("D = 0", 6, FOOT * size - 5);
}

/**
 * D as colours along the foot.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Float32Array} judged
 * @param {Palette} palette
 */
function drawStrip(context, size, judged, palette) {
  const [card, real, fake] = [rgb(palette.card), rgb(palette.real), rgb(palette.fake)];
  const width = size / judged.length;
  judged.forEach((value, index) => {
    const colour = value > 0.5 ? real : fake;
    const sure = Math.abs(value - 0.5) * 1.4;
    context.fillStyle = `rgb(${card.map((one, k) => one + sure * (colour[k] - one)).join(" ")})`;
    context.fillRect(index * width, FOOT * size + 1, width + 1, 0.022 * size);
  });
}

/**
 * Lines from latents to their samples.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Float32Array | null} threads pairs
 * @param {Palette} palette
 */
export function drawThreads(context, size, threads, palette) {
  const { x, z, samples } = lining(size);
  context.fillStyle = palette.soft;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "left";
  context.fillText("x = G(z)", 6, samples - 9);
  if (!threads) {
    context.fillText("With a latent size of 1, lines from z to x are shown here.", 6, LATENTS * size + 18);
    return;
  }
  context.beginPath();
  for (let i = 0; i < threads.length; i += 2) {
    context.moveTo(z(threads[i]), LATENTS * size);
    context.lineTo(x(threads[i + 1]), samples + 5);
  }
  context.strokeStyle = faded(palette.third, 0.7);
  context.lineWidth = 1.2;
  context.stroke();
  context.beginPath();
  context.moveTo(0, LATENTS * size);
  context.lineTo(size, LATENTS * size);
  context.strokeStyle = palette["line-strong"];
  context.stroke();
  context.fillText("latent z, equally likely steps", 6, LATENTS * size + 18);
}

/**
 * Samples on their line: real ones filled circles, fakes hollow diamonds a little below.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Float32Array} real
 * @param {Float32Array} fake
 * @param {Palette} palette
 */
export function drawSamples(context, size, real, fake, palette) {
  const { x, samples } = lining(size);
  context.beginPath();
  context.moveTo(0, samples);
  context.lineTo(size, samples);
  context.strokeStyle = palette["line-strong"];
  context.lineWidth = 1;
  context.stroke();
  context.beginPath();
  real.forEach((value) => circle(context, x(value), samples - 16, 2.6));
  context.fillStyle = faded(palette.real, 0.5);
  context.fill();
  context.beginPath();
  fake.forEach((value) => diamond(context, x(value), samples, 4.2));
  context.strokeStyle = faded(palette.fake, 0.75);
  context.lineWidth = 1.4;
  context.stroke();
}

/**
 * Where the generator's loss pushes its samples.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Float32Array} fake
 * @param {Float32Array} arrows
 * @param {Palette} palette
 */
export function drawPushes(context, size, fake, arrows, palette) {
  const { x, unit, samples } = lining(size);
  context.beginPath();
  for (let i = 0; i < arrows.length; i += 4) {
    const length = Math.min(LONGEST, ARROW * Math.abs(arrows[i]));
    const push = Math.sign(arrows[i]) * length * unit;
    arrow(context, x(fake[i]), samples + 8 + 1.6 * (i % 12), push, 0, length === LONGEST);
  }
  context.strokeStyle = palette.ink;
  context.lineWidth = 1.1;
  context.stroke();
}
