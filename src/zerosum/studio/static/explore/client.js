// @ts-check
/** What the page asks of the server, as pictures that can be drawn. */

import { answer } from "../core/api.js";

/** @typedef {import("./state.js").Place} Place */
/** @typedef {{bitmap: ImageBitmap, blob: Blob, told: string | null}} Picture */
/** @typedef {{bitmap: ImageBitmap, columns: number, told: (string | null)[]}} Tiles */

const TAB = Math.random().toString(36).slice(2, 10); // views of other tabs are other views

export class Client {
  /** @param {string} model its id */
  constructor(model) {
    this.base = `/api/models/${encodeURIComponent(model)}`;
  }

  /**
   * One picture.
   * @param {string} view
   * @param {Place} place
   * @param {boolean} exact the pixels of `Model.sample` instead of the fastest way to it
   * @param {AbortSignal} [signal]
   * @returns {Promise<Picture>}
   */
  async picture(view, place, exact, signal) {
    const query = new URLSearchParams({ view: this.view(view), q: JSON.stringify(place) });
    if (exact) {
      query.set("lossless", "1");
    }
    const response = await answer(`${this.base}/picture?${query}`, { signal });
    const blob = await response.blob();
    const told = response.headers.get("X-Told");
    return { blob, bitmap: await createImageBitmap(blob), told: told === null ? null : decodeURIComponent(told) };
  }

  /**
   * Many pictures at once.
   * @param {string} view
   * @param {Place[]} places
   * @param {number} columns
   * @param {AbortSignal} [signal]
   * @returns {Promise<Tiles>}
   */
  async tiles(view, places, columns, signal) {
    const response = await this.send("sheet", { view: this.view(view), places, columns }, signal);
    const told = response.headers.get("X-Told");
    return {
      bitmap: await createImageBitmap(await response.blob()),
      columns: Math.min(columns, places.length),
      told: told === null ? places.map(() => null) : JSON.parse(decodeURIComponent(told)),
    };
  }

  /**
   * @param {string} what
   * @param {unknown} body
   * @param {AbortSignal} [signal]
   * @returns {Promise<Response>}
   */
  send(what, body, signal) {
    const headers = { "Content-Type": "application/json" };
    return answer(`${this.base}/${what}`, { method: "POST", headers, body: JSON.stringify(body), signal });
  }

  /**
   * @param {string} what
   * @param {unknown} body
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>} the answer's JSON
   */
  async ask(what, body, signal) {
    return (await this.send(what, body, signal)).json();
  }

  /**
   * A file, given to the browser to be saved.
   * @param {string} what
   * @param {unknown} body
   * @returns {Promise<string>} its name
   */
  async save(what, body) {
    const response = await this.send(what, body);
    const named = /filename\*=UTF-8''(.+)$/.exec(response.headers.get("Content-Disposition") ?? "");
    const name = named ? decodeURIComponent(named[1]) : what;
    saveAs(await response.blob(), name);
    return name;
  }

  /**
   * @param {string} name
   * @returns {string} the same for no other tab
   */
  view(name) {
    return `${TAB}-${name}`;
  }
}

/**
 * Gives the browser a file to save.
 * @param {Blob} blob
 * @param {string} name
 */
export function saveAs(blob, name) {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}
