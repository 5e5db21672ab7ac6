// @ts-check
/** @import { Feeds, Packed } from "./worker.js" */

/**
 * @typedef {object} Answer
 * @property {Float32Array | Uint8ClampedArray<ArrayBuffer>} data What a network made, or bytes of pictures.
 * @property {number} milliseconds That it took.
 */

/** The networks, in a worker of their own, so that nothing here ever waits for them. */
export class Engine {
  #worker;
  #asked = 0;
  /** @type {Map<number, {resolve: (answer: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();

  /** @param {string} program The worker's. */
  constructor(program) {
    const address = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
    this.#worker = new Worker(address);
    this.#worker.addEventListener("message", ({ data }) => {
      const asker = this.#waiting.get(data.number);
      this.#waiting.delete(data.number);
      if (data.error === undefined) {
        asker?.resolve(data);
      } else {
        asker?.reject(new Error(data.error));
      }
    });
    this.#worker.addEventListener("error", (event) => {
      for (const { reject } of this.#waiting.values()) {
        reject(new Error(event.message));
      }
      this.#waiting.clear();
    });
  }

  /**
   * Unpack the runtime and the networks.
   * @param {Packed} packed
   * @returns {Promise<void>}
   */
  open(packed) {
    return this.#ask(0, { open: packed });
  }

  /**
   * Run a network.
   * @param {string} network Its name.
   * @param {Feeds} feeds
   * @param {boolean} pictured Whether what comes out is wanted as bytes of pictures, (n, height, width, 4).
   * @returns {Promise<Answer>}
   */
  run(network, feeds, pictured) {
    this.#asked += 1;
    return this.#ask(this.#asked, { number: this.#asked, network, feeds, pictured });
  }

  /**
   * @param {number} number
   * @param {object} message
   * @returns {Promise<any>}
   */
  #ask(number, message) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#worker.postMessage(message);
    });
  }
}
