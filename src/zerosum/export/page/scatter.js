// @ts-check
import { h } from "../../studio/static/core/dom.js";
import { signed } from "./words.js";
/** @import { Description } from "./types.js" */
/** @import { Attributes } from "../../studio/static/core/dom.js" */

const SIDE = 720; // pixels of the drawing
const REACHES = 3; // scales from the center to the edge, as on contact sheets
const BARS = 90;
const LETTERS = 12; // height of letters, in pixels of the screen
const MARGIN = 30; // pixels below bars

/**
 * @typedef {object} Shown
 * @property {Float32Array} samples Coordinates of points, one point behind the other, in their own units.
 * @property {Float32Array} lines Those of lines.
 * @property {number} steps Points of each line.
 * @property {Float32Array} one The coordinates of the chosen point.
 */

/** Points on a canvas: dots of the first two coordinates, or bars where there is but one. */
export class Scatter {
  /** @type {Shown} */
  #shown = { samples: new Float32Array(), lines: new Float32Array(), steps: 1, one: new Float32Array() };

  /**
   * @param {Description} model
   * @param {Attributes} attributes Of the canvas.
   */
  constructor({ center, scale }, attributes) {
    this.center = center;
    this.scale = scale;
    this.canvas = h("canvas", { width: SIDE, height: SIDE, ...attributes });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  }

  /**
   * Show something else.
   * @param {Partial<Shown>} changes
   */
  show(changes) {
    this.#shown = { ...this.#shown, ...changes };
    this.context.clearRect(0, 0, SIDE, SIDE);
    this.#ends();
    if (this.scale.length === 1) {
      this.#bars();
    } else {
      this.#dots();
    }
    this.#lines();
    this.#ring();
  }

  /**
   * Where a point is on the canvas.
   * @param {Float32Array} points
   * @param {number} index
   * @returns {[number, number]}
   */
  #place(points, index) {
    const size = this.scale.length;
    const along = (/** @type {number} */ axis) => {
      const value = (points[index * size + axis] - this.center[axis]) / this.scale[axis];
      return (SIDE * (1 + value / REACHES)) / 2;
    };
    return [along(0), size > 1 ? SIDE - along(1) : SIDE - MARGIN];
  }

  /** What the edges are in the points' own units. */
  #ends() {
    const { context, center, scale } = this;
    const text = (/** @type {number} */ axis, /** @type {number} */ way) =>
      signed(center[axis] + way * REACHES * scale[axis], 2);
    context.fillStyle = color("soft");
    const size = (LETTERS * SIDE) / (this.canvas.clientWidth || SIDE);
    context.font = `${size}px system-ui, sans-serif`;
    context.textAlign = "left";
    context.fillText(`x1 = ${text(0, -1)}`, 10, SIDE - 10);
    if (scale.length > 1) {
      context.fillText(`x2 = ${text(1, 1)}`, 10, 8 + size);
      context.fillText(`x2 = ${text(1, -1)}`, 10, SIDE - 10 - 1.5 * size);
    }
    context.textAlign = "right";
    context.fillText(`x1 = ${text(0, 1)}`, SIDE - 10, SIDE - 10);
  }

  #dots() {
    const { samples } = this.#shown;
    const count = samples.length / this.scale.length;
    const radius = count > 4000 ? 1.2 : 2;
    this.context.fillStyle = color("fake");
    this.context.globalAlpha = 0.5;
    for (let i = 0; i < count; i += 1) {
      const [x, y] = this.#place(samples, i);
      this.context.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
    }
    this.context.globalAlpha = 1;
  }

  #bars() {
    const { samples } = this.#shown;
    const counts = new Array(BARS).fill(0);
    for (let i = 0; i < samples.length; i += 1) {
      const bar = Math.floor((this.#place(samples, i)[0] / SIDE) * BARS);
      if (bar >= 0 && bar < BARS) {
        counts[bar] += 1;
      }
    }
    this.context.fillStyle = color("fake");
    const tallest = Math.max(...counts, 1);
    for (const [bar, n] of counts.entries()) {
      const height = ((SIDE - 2 * MARGIN) * n) / tallest;
      this.context.fillRect((bar * SIDE) / BARS, SIDE - MARGIN - height, SIDE / BARS - 1, height);
    }
  }

  #lines() {
    const { lines, steps } = this.#shown;
    const count = lines.length / this.scale.length;
    this.context.strokeStyle = color("third");
    this.context.lineWidth = count > steps ? 1 : 2.5;
    this.context.beginPath();
    for (let i = 0; i < count; i += 1) {
      const [x, y] = this.#place(lines, i);
      if (i % steps === 0) {
        this.context.moveTo(x, y);
      } else {
        this.context.lineTo(x, y);
      }
    }
    this.context.stroke();
  }

  #ring() {
    const { one } = this.#shown;
    if (one.length > 0) {
      this.context.strokeStyle = color("ink");
      this.context.lineWidth = 3;
      this.context.beginPath();
      this.context.arc(...this.#place(one, 0), 9, 0, 2 * Math.PI);
      this.context.stroke();
    }
  }
}

/**
 * @param {string} name
 * @returns {string} A colour of the page as it is now.
 */
function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
