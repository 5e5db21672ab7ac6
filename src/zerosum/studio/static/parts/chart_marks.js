// @ts-check
/** What a chart's canvas gets besides lines: bands behind them, markers on them, moments across them. */

import { colour } from "./chart.js";
import { isNumber } from "./lines.js";

/** @typedef {import("../vendor/uplot/uPlot.esm.js")} uPlot */

const MARKERS = 7; // on a line with many points
const EACH = 36; // on a line with fewer points, every one has a marker
const ROOM = 16; // pixels that a band's label needs
const LINE = 13; // pixels from one line of labels to the next

/**
 * @param {uPlot} chart
 * @param {import("./chart.js").Band[]} bands
 */
export function drawBands(chart, bands) {
  const { ctx, bbox } = chart;
  const one = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const { min, max } = chart.scales.y;
  for (const { from, to, label, tone, middle } of bands) {
    if (!isNumber(min) || !isNumber(max) || from >= max || to <= min) {
      continue;
    }
    const top = to >= max ? bbox.top : chart.valToPos(to, "y", true);
    const bottom = from <= min ? bbox.top + bbox.height : chart.valToPos(from, "y", true);
    ctx.fillStyle = colour(tone === "soft" ? "sunk" : `${tone}-soft`);
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
    ctx.strokeStyle = colour(tone);
    ctx.lineWidth = one;
    ctx.setLineDash([one, 3 * one]);
    for (const edge of [top, bottom]) {
      if (edge > bbox.top && edge < bbox.top + bbox.height) {
        across(ctx, edge, bbox);
      }
    }
    if (middle !== undefined && middle > min && middle < max) {
      ctx.setLineDash([]);
      across(ctx, chart.valToPos(middle, "y", true), bbox);
    }
    ctx.fillStyle = colour(tone);
    ctx.font = `${11 * one}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    // Inside the band where there is room; above a narrow one, or below it at the top of the chart.
    const inside = bottom - top > ROOM * one;
    const above = !inside && top - bbox.top > ROOM * one;
    ctx.textBaseline = above ? "bottom" : "top";
    ctx.fillText(label, bbox.left + 5 * one, above ? top - 2 * one : (inside ? top : bottom) + 4 * one);
  }
  ctx.restore();
}

/**
 * Marks a line, so that it is known without its colour.
 * @param {uPlot} chart
 * @param {import("./lines.js").Line} line
 * @param {number[]} x
 * @param {import("./lines.js").Value[]} y
 */
export function drawLineMarkers(chart, { tone, marker = "none" }, x, y) {
  const { min, max } = chart.scales.x;
  if (marker === "none" || !isNumber(min) || !isNumber(max)) {
    return;
  }
  const { ctx } = chart;
  const points = [];
  for (let index = 0; index < x.length; index++) {
    if (isNumber(y[index]) && x[index] >= min && x[index] <= max) {
      points.push(index);
    }
  }
  ctx.save();
  ctx.fillStyle = colour(tone);
  const step = (max - min) / MARKERS;
  let next = points.length > EACH ? min + step / 2 : -Infinity;
  for (const index of points) {
    if (x[index] >= next) {
      next = Math.max(next + step, points.length > EACH ? x[index] + step / 2 : -Infinity);
      drawMarker(ctx, marker, chart.valToPos(x[index], "x", true), chart.valToPos(Number(y[index]), "y", true));
    }
  }
  ctx.restore();
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {"circle" | "square" | "diamond"} marker
 * @param {number} x
 * @param {number} y
 */
function drawMarker(ctx, marker, x, y) {
  const one = devicePixelRatio;
  ctx.beginPath();
  if (marker === "circle") {
    ctx.arc(x, y, 3.2 * one, 0, 2 * Math.PI);
  } else if (marker === "square") {
    ctx.rect(x - 2.8 * one, y - 2.8 * one, 5.6 * one, 5.6 * one);
  } else {
    ctx.moveTo(x, y - 4 * one);
    ctx.lineTo(x + 4 * one, y);
    ctx.lineTo(x, y + 4 * one);
    ctx.lineTo(x - 4 * one, y);
  }
  ctx.fill();
}

/**
 * @param {uPlot} chart
 * @param {import("./chart.js").Mark[]} marks
 * @param {number | null} at the moment that the page shows
 */
export function drawMarks(chart, marks, at) {
  const { ctx, bbox } = chart;
  const { min, max } = chart.scales.x;
  if (!isNumber(min) || !isNumber(max)) {
    return;
  }
  const one = devicePixelRatio;
  ctx.save();
  ctx.lineWidth = one;
  ctx.font = `600 ${10.5 * one}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  const free = [-Infinity, -Infinity]; // labels do not stand on each other: there are two lines for them
  for (const { x, label, tone } of [...marks].sort((a, b) => a.x - b.x)) {
    if (x < min || x > max) {
      continue;
    }
    const place = Math.round(chart.valToPos(x, "x", true));
    ctx.strokeStyle = ctx.fillStyle = colour(tone);
    ctx.setLineDash([4 * one, 3 * one]);
    line(ctx, place, bbox);
    const width = ctx.measureText(label).width + 6 * one;
    const left = place + width > bbox.left + bbox.width ? place - width : place;
    const row = free.findIndex((end) => left >= end);
    if (label && row >= 0) {
      ctx.fillText(label, left + 3 * one, bbox.top + (2 + row * LINE) * one);
      free[row] = left + width;
    }
  }
  if (at !== null && at >= min && at <= max) {
    ctx.setLineDash([]);
    ctx.strokeStyle = ctx.fillStyle = colour("accent");
    const place = Math.round(chart.valToPos(at, "x", true));
    line(ctx, place, bbox);
    ctx.beginPath();
    ctx.moveTo(place - 4 * one, bbox.top + bbox.height + 5 * one);
    ctx.lineTo(place + 4 * one, bbox.top + bbox.height + 5 * one);
    ctx.lineTo(place, bbox.top + bbox.height);
    ctx.fill();
  }
  ctx.restore();
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} y
 * @param {{left: number, width: number}} bbox
 */
function across(ctx, y, bbox) {
  ctx.beginPath();
  ctx.moveTo(bbox.left, Math.round(y));
  ctx.lineTo(bbox.left + bbox.width, Math.round(y));
  ctx.stroke();
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {{top: number, height: number}} bbox
 */
function line(ctx, x, bbox) {
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
}
