// @ts-check
/** Small pictures: cut out of one that the server has made of many. */

import { h } from "../core/dom.js";
import { Latest } from "./latest.js";

/** @typedef {import("./client.js").Tiles} Tiles */
/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").Model} Model */

/**
 * An empty small picture.
 * @param {Model} model
 * @returns {HTMLCanvasElement}
 */
export function tile({ shape: [height, width] }) {
  return h("canvas", { class: "sample-tile pixels", width, height, "aria-hidden": "true" });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Tiles} tiles
 * @param {number} index
 */
export function drawTile(canvas, { bitmap, columns }, index) {
  const { width, height } = canvas;
  const context = canvas.getContext("2d");
  context?.clearRect(0, 0, width, height);
  context?.drawImage(bitmap, (index % columns) * width, Math.floor(index / columns) * height, width, height, 0, 0,
    width,
    height);
}

/**
 * Small pictures of places, of which only the newest are drawn, until the page is left.
 * @param {Kit} kit
 * @param {string} view
 * @param {number} columns of the one picture that they are cut out of
 * @param {HTMLCanvasElement[]} canvases
 * @param {HTMLElement} marked says once they are drawn
 * @param {number} [first] which of the pictures the first canvas shows
 * @returns {Latest<any[], Tiles>}
 */
export function latestTiles(kit, view, columns, canvases, marked, first = 0) {
  const latest = new Latest((/** @type {any[]} */ places, signal) => kit.client.tiles(view, places, columns, signal),
    (tiles) => {
      canvases.forEach((canvas, index) => drawTile(canvas, tiles, first + index));
      tiles.bitmap.close();
      marked.dataset.drawn = "true";
    }, kit.fail);
  kit.left.addEventListener("abort", () => latest.stop());
  return latest;
}

/**
 * By which whole number a picture is enlarged so that it fits.
 * @param {number} side its own
 * @param {number} room
 * @returns {number} 1 where it does not fit
 */
export function enlargement(side, room) {
  return Math.max(1, Math.floor(room / side));
}
