// @ts-check
/** The stage in two dimensions: layers over a map of what the discriminator says. */

import { REACH } from "./engine/measures.js";
import { arrow, circle, diamond, faded, rgb, strokeOnPaper } from "./canvas.js";

/** @typedef {import("./engine/frames.js").Frame} Frame */
/** @typedef {import("./canvas.js").Palette} Palette */

/** Length of an arrow, in units of the stage, for a slope of 1. */
export const ARROW = 0.45;
const LONGEST = 0.7;
/** How much of the full colour the map has where D is sure. */
const STRONGEST = 0.5;
/** Two arrows for three fakes would be a thicket. */
const EVERY = 2;

/**
 * Where the stage's points lie on a square canvas.
 * @param {number} size of the canvas
 */
export function placing(size) {
  const unit = size / (2 * REACH);
  return {
    unit,
    x: (/** @type {number} */ x) => (x + REACH) * unit,
    y: (/** @type {number} */ y) => (REACH - y) * unit,
    back: (/** @type {number} */ px, /** @type {number} */ py) => [px / unit - REACH, REACH - py / unit],
  };
}

/**
 * How large marks are: smaller on a small canvas, so that they leave something to be seen.
 * @param {number} size of the canvas
 */
function marking(size) {
  return Math.min(1, Math.max(0.65, size / 560));
}

/** @type {HTMLCanvasElement | null} */
let sheet = null;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {NonNullable<Frame["heat"]>} heat
 * @param {Palette} palette
 */
export function drawHeat(context, size, { side, values }, palette) {
  sheet ??= document.createElement("canvas");
  if (sheet.width !== side) {
    sheet.width = side;
    sheet.height = side;
  }
  const inner = /** @type {CanvasRenderingContext2D} */ (sheet.getContext("2d"));
  const image = inner.createImageData(side, side);
  const [card, real, fake] = [rgb(palette.card), rgb(palette.real), rgb(palette.fake)];
  for (let i = 0; i < values.length; i++) {
    const sure = Math.abs(values[i] - 0.5) * 2 * STRONGEST;
    const colour = values[i] > 0.5 ? real : fake;
    for (let k = 0; k < 3; k++) {
      image.data[4 * i + k] = card[k] + sure * (colour[k] - card[k]);
    }
    image.data[4 * i + 3] = 255;
  }
  inner.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  context.drawImage(sheet, 0, 0, size, size);
  drawBorder(context, size, side, values, palette);
}

/**
 * The line at which D cannot tell, so that the map's two halves are not told by colour alone.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {number} side
 * @param {Float32Array} values
 * @param {Palette} palette
 */
function drawBorder(context, size, side, values, palette) {
  const cell = size / side;
  context.beginPath();
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0; column < side - 1; column++) {
      const at = row * side + column;
      const corners = [values[at], values[at + 1], values[at + side + 1], values[at + side]];
      const [x, y] = [(column + 0.5) * cell, (row + 0.5) * cell];
      const places = [[x, y], [x + cell, y], [x + cell, y + cell], [x, y + cell]];
      let first = null;
      for (let edge = 0; edge < 4; edge++) {
        const next = (edge + 1) % 4;
        const [a, b] = [corners[edge] - 0.5, corners[next] - 0.5];
        if (a > 0 !== b > 0) {
          const share = a / (a - b);
          const point = [0, 1].map((k) => places[edge][k] + share * (places[next][k] - places[edge][k]));
          if (first) {
            context.moveTo(first[0], first[1]);
            context.lineTo(point[0], point[1]);
            first = null;
          } else {
            first = point;
          }
        }
      }
    }
  }
  context.strokeStyle = faded(palette.ink, 0.55);
  context.lineWidth = 1;
  context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
}

/**
 * The grid of latents where the generator has put it: cells are equally likely, and the darker, the denser.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {NonNullable<Frame["manifold"]>} manifold
 * @param {Palette} palette
 */
export function drawManifold(context, size, { rows, columns, points }, palette) {
  const { x, y, unit } = placing(size);
  const at = (/** @type {number} */ row, /** @type {number} */ column) => {
    const i = 2 * (row * columns + column);
    return [x(points[i]), y(points[i + 1])];
  };
  if (rows > 1) {
    const share = 1 / ((rows - 1) * (columns - 1));
    for (let row = 0; row < rows - 1; row++) {
      for (let column = 0; column < columns - 1; column++) {
        const corners = [at(row, column), at(row, column + 1), at(row + 1, column + 1), at(row + 1, column)];
        const density = share / (areaOf(corners) / unit ** 2 + 1e-4);
        context.fillStyle = faded(palette.third, Math.min(0.6, 0.03 + 0.12 * Math.sqrt(density)));
        context.beginPath();
        corners.forEach(([px, py], index) => (index ? context.lineTo(px, py) : context.moveTo(px, py)));
        context.fill();
      }
    }
  }
  context.beginPath();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [px, py] = at(row, column);
      if (column) {
        context.lineTo(px, py);
      } else {
        context.moveTo(px, py);
      }
    }
  }
  for (let column = 0; rows > 1 && column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const [px, py] = at(row, column);
      if (row) {
        context.lineTo(px, py);
      } else {
        context.moveTo(px, py);
      }
    }
  }
  context.strokeStyle = faded(palette.third, rows > 1 ? 0.45 : 0.9);
  context.lineWidth = rows > 1 ? 0.8 : 2;
  context.stroke();
}

/**
 * @param {number[][]} corners of a quadrilateral
 * @returns {number}
 */
function areaOf([a, b, c, d]) {
  const half = (/** @type {number[]} */ p, /** @type {number[]} */ q, /** @type {number[]} */ r) =>
    Math.abs((q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1])) / 2;
  return half(a, b, c) + half(a, c, d);
}

/**
 * Real samples: filled circles.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Float32Array} points
 * @param {Palette} palette
 */
export function drawReal(context, size, points, palette) {
  const { x, y } = placing(size);
  const radius = 3.2 * marking(size);
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    circle(context, x(points[i]), y(points[i + 1]), radius);
  }
  context.strokeStyle = faded(palette.card, 0.9);
  context.lineWidth = 1.6;
  context.stroke();
  context.fillStyle = palette.real;
  context.fill();
}

/**
 * Fakes: hollow diamonds.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Float32Array} points
 * @param {Palette} palette
 */
export function drawFake(context, size, points, palette) {
  const { x, y } = placing(size);
  const radius = 4.6 * marking(size);
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    diamond(context, x(points[i]), y(points[i + 1]), radius);
  }
  strokeOnPaper(context, palette.fake, 1.7, faded(palette.card, 0.75), 3.4);
}

/**
 * Where the generator's loss pushes its samples.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {Float32Array} points
 * @param {Float32Array} arrows
 * @param {Palette} palette
 */
export function drawArrows(context, size, points, arrows, palette) {
  const { x, y, unit } = placing(size);
  context.beginPath();
  for (let i = 0; i + 1 < arrows.length; i += 2 * EVERY) {
    const length = ARROW * Math.hypot(arrows[i], arrows[i + 1]);
    const scale = (length > LONGEST ? LONGEST / length : 1) * ARROW * unit;
    arrow(context, x(points[i]), y(points[i + 1]), scale * arrows[i], -scale * arrows[i + 1], length > LONGEST);
  }
  strokeOnPaper(context, palette.ink, 1.2, faded(palette.card, 0.8), 3);
}

/**
 * The way of the fakes' centre, record by record.
 * @param {CanvasRenderingContext2D} context
 * @param {number} size
 * @param {number[][]} centers
 * @param {Palette} palette
 */
export function drawTrail(context, size, centers, palette) {
  const { x, y } = placing(size);
  context.lineWidth = 2;
  context.lineCap = "round";
  for (let i = 1; i < centers.length; i++) {
    context.beginPath();
    context.moveTo(x(centers[i - 1][0]), y(centers[i - 1][1]));
    context.lineTo(x(centers[i][0]), y(centers[i][1]));
    context.strokeStyle = faded(palette.accent, 0.15 + (0.85 * i) / centers.length);
    context.stroke();
  }
  const last = centers[centers.length - 1];
  if (last) {
    context.beginPath();
    circle(context, x(last[0]), y(last[1]), 5);
    context.fillStyle = palette.accent;
    context.fill();
  }
}
