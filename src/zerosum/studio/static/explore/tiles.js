// @ts-check
/** Small pictures: cut out of one that the server has made of many. */

import { h } from "../core/dom.js";

/** @typedef {import("./client.js").Tiles} Tiles */
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
 * By which whole number a picture is enlarged so that it fits.
 * @param {number} side its own
 * @param {number} room
 * @returns {number} 1 where it does not fit
 */
export function enlargement(side, room) {
  return Math.max(1, Math.floor(room / side));
}
