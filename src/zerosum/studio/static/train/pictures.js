// @ts-check
/** Contact sheets, decoded before they are asked for, so that going from one to the next takes no time. */

import { fetchBlob } from "../core/api.js";

const MOST_BYTES = 96e6; // of decoded pictures
const AT_ONCE = 2; // of a browser's six connections to the studio

/** Decoded pictures by address; those looked at last are kept. */
export class Pictures {
  constructor() {
    /** @type {Map<string, ImageBitmap>} */
    this.known = new Map();
    /** @type {Map<string, Promise<ImageBitmap>>} */
    this.coming = new Map();
    /** @type {string[]} */
    this.wanted = [];
    this.bytes = 0;
    this.ending = new AbortController();
  }

  /**
   * @param {string} url
   * @returns {ImageBitmap | null} at once; null where it has to be loaded
   */
  get(url) {
    const bitmap = this.known.get(url);
    if (bitmap) {
      this.known.delete(url);
      this.known.set(url, bitmap);
    }
    return bitmap ?? null;
  }

  /**
   * @param {string} url
   * @returns {Promise<ImageBitmap>}
   */
  load(url) {
    const bitmap = this.get(url);
    if (bitmap) {
      return Promise.resolve(bitmap);
    }
    const coming = this.coming.get(url) ?? this.fetch(url);
    this.coming.set(url, coming);
    return coming;
  }

  /**
   * Loads pictures in this order, as far as there is room; what was wanted before and is not now is left out.
   * @param {string[]} urls
   */
  want(urls) {
    this.wanted = urls;
    this.next();
  }

  next() {
    while (this.coming.size < AT_ONCE && this.wanted.length) {
      const url = /** @type {string} */ (this.wanted.shift());
      if (!this.known.has(url) && !this.coming.has(url)) {
        this.load(url).catch(() => undefined); // asked for again when it is to be shown
      }
    }
  }

  /**
   * @param {string} url
   * @returns {Promise<ImageBitmap>}
   */
  async fetch(url) {
    try {
      const bitmap = await createImageBitmap(await fetchBlob(url, this.ending.signal));
      this.known.set(url, bitmap);
      this.bytes += size(bitmap);
      for (const [oldest, other] of this.known) {
        if (this.bytes <= MOST_BYTES || oldest === url) {
          break;
        }
        this.known.delete(oldest);
        this.bytes -= size(other);
        other.close();
      }
      return bitmap;
    } finally {
      this.coming.delete(url);
      this.next();
    }
  }

  close() {
    this.ending.abort();
    this.wanted = [];
    this.known.forEach((bitmap) => bitmap.close());
    this.known.clear();
  }
}

/** @param {ImageBitmap} bitmap */
function size(bitmap) {
  return 4 * bitmap.width * bitmap.height;
}
