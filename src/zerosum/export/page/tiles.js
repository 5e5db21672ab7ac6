// @ts-check
import { h } from "../../studio/static/core/dom.js";

/** Pictures of one size side by side, on one canvas. */
export class Tiles {
  /**
   * @param {number[]} shape (channels, height, width) of a picture.
   * @param {number} columns
   * @param {number} rows
   * @param {number} largest Pixels that a picture's longer side gets at most.
   * @param {import("../../studio/static/core/dom.js").Attributes} attributes Of the canvas.
   */
  constructor([, height, width], columns, rows, largest, attributes) {
    const scale = Math.min(1, largest / Math.max(height, width));
    this.width = Math.max(1, Math.round(width * scale));
    this.height = Math.max(1, Math.round(height * scale));
    const size = { width: columns * this.width, height: rows * this.height };
    this.canvas = h("canvas", { ...size, ...attributes });
    this.canvas.classList.toggle("pixels", Math.max(height, width) <= 128);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.spare = h("canvas", { width, height });
  }

  /**
   * Show a picture.
   * @param {ImageData} picture
   * @param {number} column
   * @param {number} row
   */
  set(picture, column, row) {
    const place = { x: column * this.width, y: row * this.height };
    if (picture.width === this.width && picture.height === this.height) {
      this.context.putImageData(picture, place.x, place.y);
      return;
    }
    this.spare.getContext("2d")?.putImageData(picture, 0, 0);
    this.context.clearRect(place.x, place.y, this.width, this.height);
    this.context.drawImage(this.spare, place.x, place.y, this.width, this.height);
  }
}
