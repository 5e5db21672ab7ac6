// @ts-check
/** Canvases that are as sharp as the screen, and the colours of the page as numbers. */

import { h } from "../core/dom.js";
import { token } from "../core/theme.js";

/** @typedef {[number, number, number]} Colour red, green and blue, from 0 to 255 */

/** A canvas that fills its box, keeps its shape, and is drawn only while it is in sight or near. */
export class Surface {
  /**
   * @param {{[name: string]: unknown}} attributes of the canvas
   * @param {number} ratio height over width
   * @param {(context: CanvasRenderingContext2D, width: number, height: number) => void} draw in CSS pixels
   */
  constructor(attributes, ratio, draw) {
    this.canvas = h("canvas", { role: "img", ...attributes });
    this.ratio = ratio;
    this.draw = draw;
    this.width = 0;
    this.observer = new ResizeObserver(([entry]) => this.resize(entry.contentRect.width));
    this.observer.observe(this.canvas);
    this.seen = false;
    this.sight = new IntersectionObserver((entries) => {
      this.seen = entries[entries.length - 1].isIntersecting;
      this.paint();
    }, { rootMargin: "100% 0px" });
    this.sight.observe(this.canvas);
  }

  /** Height in CSS pixels. */
  get height() {
    return Math.round(this.width * this.ratio);
  }

  /** @param {number} width in CSS pixels */
  resize(width) {
    const scale = window.devicePixelRatio || 1;
    if (width && (width !== this.width || this.canvas.width !== Math.round(width * scale))) {
      this.width = width;
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(this.height * scale);
      this.canvas.style.height = `${this.height}px`;
      this.paint();
    }
  }

  /** Draws it now. */
  paint() {
    const context = this.canvas.getContext("2d");
    if (!context || !this.width || !this.seen) {
      return;
    }
    const scale = window.devicePixelRatio || 1;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    this.draw(context, this.width, this.height);
  }

  /** @param {string} text what it shows, in words */
  describe(text) {
    if (this.canvas.getAttribute("aria-label") !== text) {
      this.canvas.setAttribute("aria-label", text);
    }
  }

  close() {
    this.observer.disconnect();
    this.sight.disconnect();
  }
}

const NAMES = /** @type {const} */ (["paper", "card", "sunk", "line", "line-strong", "ink", "soft", "accent", "real",
  "fake", "third", "good"]);

/** @typedef {{[name in typeof NAMES[number]]: string}} Palette */

/** @type {Palette | null} */
let palette = null;

/** @returns {Palette} the page's colours as they are now */
export function colours() {
  palette ??= /** @type {Palette} */ (Object.fromEntries(NAMES.map((name) => [name, token(name)])));
  return palette;
}

/** Forgets the colours, after the theme has changed. */
export function forgetColours() {
  palette = null;
}

/**
 * @param {string} hex as in "#0a5f94"
 * @returns {Colour}
 */
export function rgb(hex) {
  const value = parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/**
 * @param {string} hex
 * @param {number} opacity
 * @returns {string}
 */
export function faded(hex, opacity) {
  return `rgb(${rgb(hex).join(" ")} / ${opacity})`;
}

/**
 * Strokes the path as a line with a margin of paper around it, so that it is seen on any ground.
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number} width pixels
 * @param {string} paper
 * @param {number} margin width of the wider line below, pixels
 */
export function strokeOnPaper(context, colour, width, paper, margin) {
  context.strokeStyle = paper;
  context.lineWidth = margin;
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/**
 * A path of circles.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function circle(context, x, y, radius) {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function diamond(context, x, y, radius) {
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
}

/**
 * An arrow; a tip that is too short for its head is drawn smaller.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} dx
 * @param {number} dy
 * @param {boolean} cut whether it would be longer, which a bar at its end says
 */
export function arrow(context, x, y, dx, dy, cut) {
  const length = Math.hypot(dx, dy);
  if (length < 0.75) {
    return;
  }
  const [ux, uy] = [dx / length, dy / length];
  const head = Math.min(6, 0.5 * length);
  const [tipX, tipY] = [x + dx, y + dy];
  context.moveTo(x, y);
  context.lineTo(tipX, tipY);
  context.moveTo(tipX - head * (ux - 0.5 * uy), tipY - head * (uy + 0.5 * ux));
  context.lineTo(tipX, tipY);
  context.lineTo(tipX - head * (ux + 0.5 * uy), tipY - head * (uy - 0.5 * ux));
  if (cut) {
    context.moveTo(tipX - 3 * uy, tipY + 3 * ux);
    context.lineTo(tipX + 3 * uy, tipY - 3 * ux);
  }
}
