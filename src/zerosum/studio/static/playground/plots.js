// @ts-check
/**
 * Small plots over rounds, and the histograms of what D says. Lines differ in dashes too; each is also said in words.
 */

import { fill, h } from "../core/dom.js";
import { number, percent } from "../core/words.js";
import { Surface, colours, faded } from "./canvas.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./canvas.js").Palette} Palette */
/** @typedef {import("./engine/session.js").Entry} Entry */

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {"real" | "fake" | "third" | "accent" | "ink"} tone
 * @property {number[]} dash
 * @property {(entry: Entry) => number | null} of
 */

/**
 * @typedef {object} Settings
 * @property {string} testid
 * @property {string} title
 * @property {string} caption
 * @property {Line[]} lines
 * @property {"number" | "share"} [unit] a share goes from 0 to 1
 * @property {boolean} [logarithmic]
 * @property {(entry: Entry) => number} [band] half the width of the band around one half in which chance lies
 */

const LEFT = 38;
const RIGHT = 6;
const TOP = 8;
const FOOT = 18;

export class Plot {
  /**
   * @param {Board} board
   * @param {Settings} settings
   */
  constructor(board, settings) {
    this.board = board;
    this.settings = settings;
    const attributes = { class: "pg-plot", "aria-label": settings.title, data: { testid: settings.testid } };
    this.surface = new Surface(attributes, 0.4, (context, width, height) => this.draw(context, width, height));
    this.values = settings.lines.map(() => h("span", { class: "pg-value" }));
    this.element = h("figure", { class: "pg-figure" },
      h("figcaption", null, h("h3", null, settings.title), h("span", { class: "small soft" }, settings.caption)),
      h("p", { class: "pg-key small" }, settings.lines.map((line, index) =>
        h("span", null, sample(line), `${line.name} `, this.values[index]))),
      this.surface.canvas);
  }

  /** Draws it with what there is now. */
  show() {
    const { lines, title } = this.settings;
    const latest = lines.map((line) => this.latest(line));
    lines.forEach((_, index) => fill(this.values[index], latest[index]));
    this.surface.paint();
    this.surface.describe(`${title}: ${lines.map((line, index) => `${line.name} ${latest[index]}`).join(", ")}.`);
  }

  /** @param {Line} line @returns {string} its newest number */
  latest({ of }) {
    const { entries } = this.board;
    for (let i = entries.length - 1; i >= 0; i--) {
      const value = of(entries[i]);
      if (value !== null) {
        return this.inWords(value);
      }
    }
    return "–";
  }

  /** @param {number} value */
  inWords(value) {
    return this.settings.unit === "share" ? percent(value) : number(value, 2);
  }

  /** @returns {[number, number]} heights that are seen */
  range() {
    const { lines, unit, logarithmic } = this.settings;
    if (unit === "share") {
      return [0, 1];
    }
    let [low, high] = [Infinity, -Infinity];
    for (const entry of this.board.entries) {
      for (const { of } of lines) {
        const value = of(entry);
        if (value !== null && Number.isFinite(value) && (!logarithmic || value > 0)) {
          low = Math.min(low, value);
          high = Math.max(high, value);
        }
      }
    }
    if (low > high) {
      return logarithmic ? [0.1, 10] : [0, 1];
    }
    if (logarithmic) {
      const [from, to] = [Math.log10(Math.max(low, 1e-6)), Math.log10(Math.max(high, 2e-6))];
      return [10 ** Math.floor(from), 10 ** Math.ceil(to + 1e-9)];
    }
    low = Math.min(0, low);
    return high - low < 1e-9 ? [low, low + 1] : [low, high + 0.06 * (high - low)];
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   */
  draw(context, width, height) {
    const { entries } = this.board;
    const palette = colours();
    const [low, high] = this.range();
    const { logarithmic } = this.settings;
    const last = Math.max(32, entries[entries.length - 1]?.round ?? 0);
    const place = {
      x: (/** @type {number} */ round) => LEFT + (round / last) * (width - LEFT - RIGHT),
      y: (/** @type {number} */ value) => {
        const share = logarithmic
          ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
          : (value - low) / (high - low);
        return height - FOOT - share * (height - FOOT - TOP);
      },
    };
    this.drawAxes(context, width, height, place, [low, high], last, palette);
    for (const { of, tone, dash } of this.settings.lines) {
      context.beginPath();
      let down = false;
      for (const entry of entries) {
        const value = of(entry);
        if (value !== null && Number.isFinite(value)) {
          const [x, y] = [place.x(entry.round), place.y(value)];
          if (down) {
            context.lineTo(x, y);
          } else {
            context.moveTo(x, y);
          }
          down = true;
        }
      }
      context.strokeStyle = palette[tone];
      context.lineWidth = 1.6;
      context.lineJoin = "round";
      context.setLineDash(dash);
      context.stroke();
    }
    context.setLineDash([]);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} width
   * @param {number} height
   * @param {{x: (round: number) => number, y: (value: number) => number}} place
   * @param {[number, number]} range
   * @param {number} last round
   * @param {Palette} palette
   */
  drawAxes(context, width, height, place, [low, high], last, palette) {
    const { band, logarithmic, unit } = this.settings;
    const newest = this.board.entries[this.board.entries.length - 1];
    if (band && newest) {
      const half = band(newest);
      context.fillStyle = faded(palette.soft, 0.18);
      context.fillRect(LEFT, place.y(0.5 + half), width - LEFT - RIGHT, place.y(0.5 - half) - place.y(0.5 + half));
    }
    const heights = unit === "share" ? [0, 0.5, 1] : logarithmic ? decades(low, high) : steps(low, high);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = palette.soft;
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.textBaseline = "middle";
    context.textAlign = "right";
    context.beginPath();
    for (const value of heights) {
      const y = Math.round(place.y(value)) + 0.5;
      context.moveTo(LEFT, y);
      context.lineTo(width - RIGHT, y);
      context.fillText(unit === "share" ? `${100 * value} %` : short(value), LEFT - 5, y);
    }
    context.stroke();
    context.textBaseline = "alphabetic";
    context.textAlign = "left";
    context.fillText("0", LEFT, height - 4);
    context.textAlign = "right";
    context.fillText(`round ${number(last)}`, width - RIGHT, height - 4);
  }

  close() {
    this.surface.close();
  }
}

/** @param {Line} line @returns {SVGElement} how it is drawn */
function sample({ tone, dash }) {
  return h("svg", { viewBox: "0 0 22 8", width: 22, height: 8, "aria-hidden": "true", class: "pg-swatch" },
    h("path", { d: "M1 4H21", class: `pg-${tone}`, "stroke-dasharray": dash.join(" ") || null }));
}

/** @param {number} value @returns {string} for an axis */
function short(value) {
  return value !== 0 && (Math.abs(value) < 0.01 || Math.abs(value) >= 10000)
    ? value.toExponential(0) : String(Number(value.toPrecision(2)));
}

/**
 * @param {number} low
 * @param {number} high
 * @returns {number[]} two to four round numbers
 */
function steps(low, high) {
  const rough = (high - low) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9; value += step) {
    found.push(Math.abs(value) < 1e-12 ? 0 : value);
  }
  return found;
}

/** @param {number} low @param {number} high @returns {number[]} powers of ten, not more than five */
function decades(low, high) {
  const [from, to] = [Math.round(Math.log10(low)), Math.round(Math.log10(high))];
  const every = Math.ceil((to - from) / 4) || 1;
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => 10 ** (from + i * every));
}
