// @ts-check
/** Points on a plane, or on a line as two histograms: real ones round and green, generated ones angular and orange. */

import { fill, h } from "../core/dom.js";
import { token } from "../core/theme.js";
import { number } from "../core/words.js";

/**
 * @typedef {object} Points
 * @property {number[][]} fake
 * @property {number[][] | null} real
 * @property {number[] | null} place the ringed one
 * @property {[number, number][]} bounds from where to where each coordinate reaches
 */

const SIDE = 448; // CSS pixels
const BINS = 60;
const LISTED = 50; // points that are written out
const DOT = 2.6; // CSS pixels, half of a point's width

export function makeScatter() {
  /** @type {Points | null} */
  let shown = null;
  let ringed = 0;
  const hidden = new Set();
  const canvas = h("canvas", { class: "scatter", role: "img", "aria-label": "Points", data: { testid: "scatter" } });
  const toggle = (/** @type {"real" | "fake"} */ which, /** @type {string} */ words) => {
    const button = h("button", { class: "pick", "aria-pressed": "true", data: { testid: `show-${which}` },
      on: { click: () => {
      hidden.has(which) ? hidden.delete(which) : hidden.add(which);
      button.setAttribute("aria-pressed", String(!hidden.has(which)));
      draw();
    } } }, h("span", { class: `key-${which}`, "aria-hidden": "true" }), words);
    return button;
  };
  const body = h("tbody");
  const numbers = h("details", { class: "card", data: { testid: "points-numbers" } }, h("summary", null, "As numbers"),
    h("div", { class: "wide" }, h("table", { class: "small" },
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Sample"),
      h("th", { scope: "col" }, "Coordinates"))), body)));
  const element = h("figure", { class: "card big-picture" }, h("div", { class: "frame" }, canvas),
    h("figcaption", { class: "row" }, toggle("real", "Real"), toggle("fake", "Generated")));

  const draw = () => {
    if (!shown) {
      return;
    }
    const side = Math.min(SIDE, canvas.parentElement?.clientWidth ?? SIDE);
    canvas.width = canvas.height = Math.round(side * devicePixelRatio);
    canvas.style.width = `${side}px`;
    const context = canvas.getContext("2d");
    if (context) {
      context.scale(devicePixelRatio, devicePixelRatio);
      (shown.bounds.length === 1 ? drawLine : drawPlane)(context, side, shown, hidden);
    }
  };
  const observer = new ResizeObserver(draw);
  observer.observe(element);
  document.addEventListener("theme", draw);
  return {
    element,
    numbers,
    stop: () => {
      observer.disconnect();
      document.removeEventListener("theme", draw);
    },
    draw: (/** @type {Points} */ points, /** @type {number} */ seed) => {
      shown = points;
      ringed = seed;
      draw();
      canvas.setAttribute("aria-label", sentenceOf(points));
      canvas.dataset.count = String(points.fake.length);
      canvas.dataset.first = String(ringed);
      fill(body, points.fake.slice(0, LISTED).map((point, at) => h("tr", null,
        h("th", { scope: "row" }, String(seed + at)),
        h("td", null, point.map((value) => value.toFixed(3)).join(", ")))));
    },
  };
}

/**
 * @param {Points} points
 * @returns {string}
 */
export function sentenceOf({ fake, real }) {
  const about = (/** @type {number[][]} */ points) => points[0].map((_, at) => {
    const values = points.map((point) => point[at]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return `${number(mean)} ± ${number(spread)}`;
  }).join(", ");
  const beside = real ? ` over ${number(real.length)} real points, mean and spread ${about(real)}` : "";
  return `${number(fake.length)} generated points, mean and spread of their coordinates ${about(fake)}${beside}.`;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} side
 * @param {Points} points
 * @param {Set<string>} hidden
 */
function drawPlane(context, side, { fake, real, place, bounds }, hidden) {
  const reach = Math.max(...bounds.slice(0, 2).map(([low, high]) => high - low));
  const [x0, y0] = bounds.map(([low, high]) => (low + high) / 2);
  const at = (/** @type {number[]} */ [x, y]) => [side / 2 + ((x - x0) / reach) * side,
    side / 2 - ((y - y0) / reach) * side];
  context.globalAlpha = 0.55;
  if (real && !hidden.has("real")) {
    context.fillStyle = token("real");
    for (const point of real) {
      const [x, y] = at(point);
      context.beginPath();
      context.arc(x, y, DOT, 0, 2 * Math.PI);
      context.fill();
    }
  }
  if (!hidden.has("fake")) {
    context.fillStyle = token("fake");
    context.beginPath();
    for (const point of fake) {
      const [x, y] = at(point);
      context.moveTo(x, y - 1.3 * DOT);
      context.lineTo(x + 1.2 * DOT, y + DOT);
      context.lineTo(x - 1.2 * DOT, y + DOT);
    }
    context.fill();
  }
  context.globalAlpha = 1;
  if (place) {
    const [x, y] = at(place);
    context.strokeStyle = token("ink");
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, 8, 0, 2 * Math.PI);
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} side
 * @param {Points} points
 * @param {Set<string>} hidden
 */
function drawLine(context, side, { fake, real, place, bounds: [[low, high]] }, hidden) {
  const shares = (/** @type {number[][]} */ points) => {
    const bins = new Array(BINS).fill(0);
    for (const [x] of points) {
      const bin = Math.floor((BINS * (x - low)) / (high - low));
      if (bin >= 0 && bin < BINS) {
        bins[bin] += 1 / points.length;
      }
    }
    return bins;
  };
  const [own, other] = [shares(fake), real ? shares(real) : []];
  const most = Math.max(...own, ...other, 1e-9);
  const wide = side / BINS;
  const height = (/** @type {number} */ share) => (0.92 * side * share) / most;
  if (!hidden.has("fake")) {
    context.globalAlpha = 0.55;
    context.fillStyle = token("fake");
    own.forEach((share, bin) => context.fillRect(bin * wide + 0.5, side - height(share), wide - 1, height(share)));
    context.globalAlpha = 1;
  }
  if (other.length && !hidden.has("real")) {
    context.strokeStyle = token("real");
    context.lineWidth = 2;
    context.beginPath();
    other.forEach((share, bin) => {
      context.lineTo(bin * wide, side - height(share));
      context.lineTo((bin + 1) * wide, side - height(share));
    });
    context.stroke();
  }
  if (place) {
    context.strokeStyle = token("ink");
    context.lineWidth = 2;
    context.beginPath();
    context.arc(((place[0] - low) / (high - low)) * side, side - 10, 8, 0, 2 * Math.PI);
    context.stroke();
  }
}
