// @ts-check
import { decoded } from "./unpacking.js";
/** @import { Known, Told, Wish } from "./types.js" */

/** What the samples of a model can be told to be: those of the known conditions that go with what is wished. */
export class Telling {
  /** @type {{[attribute: number]: 0 | 1} | null | undefined} */
  #wished = undefined;
  /** @type {{rows: Float32Array[], bounds: number[]}} */
  #near = { rows: [], bounds: [] };

  /** @param {Known | null} known */
  constructor(known) {
    this.known = known;
    const flags = known?.kind === "attributes" ? decoded(known.combinations) : new Uint8Array(0);
    const width = known?.names.length ?? 1;
    this.combinations = Array.from({ length: flags.length / width }, (_, i) => flags.slice(i * width, (i + 1) * width));
    this.bounds = bounds(known?.frequencies ?? []);
  }

  /**
   * What a sample is told to be.
   * @param {number} chance The number on [0, 1) that its stream draws behind its latent.
   * @param {Wish} wish
   * @returns {Told}
   */
  told(chance, wish) {
    if (this.known === null) {
      return null;
    }
    if (this.known.kind === "classes") {
      return typeof wish === "number" ? wish : place(this.bounds, chance);
    }
    const wished = typeof wish === "object" ? wish : null;
    if (wished !== this.#wished) {
      this.#near = this.#nearest(wished ?? {});
      this.#wished = wished;
    }
    return this.#near.rows[place(this.#near.bounds, chance)];
  }

  /**
   * The combinations that go with what is wished, changed to be so where the data have none.
   * @param {{[attribute: number]: 0 | 1}} wish
   */
  #nearest(wish) {
    const wanted = Object.entries(this.#exclusive(wish)).map(([name, value]) => [Number(name), value]);
    const wrong = this.combinations.map((flags) => wanted.filter(([name, value]) => flags[name] !== value).length);
    const least = Math.min(...wrong);
    const near = [...wrong.keys()].filter((index) => wrong[index] === least);
    const rows = near.map((index) => Float32Array.from(this.combinations[index]));
    for (const row of rows) {
      wanted.forEach(([name, value]) => (row[name] = value));
    }
    const shares = near.map((index) => this.known?.frequencies[index] ?? 0);
    const total = shares.reduce((sum, share) => sum + share, 0);
    return { rows, bounds: bounds(shares.map((share) => share / total)) };
  }

  /**
   * A wish in which one value of a property excludes its others: "hair=red" is not "hair=black".
   * @param {{[attribute: number]: 0 | 1}} wish
   * @returns {{[attribute: number]: 0 | 1}}
   */
  #exclusive(wish) {
    const names = this.known?.names ?? [];
    /** @type {{[attribute: number]: 0 | 1}} */
    const whole = {};
    for (const [index, value] of Object.entries(wish)) {
      const [property, ...more] = names[Number(index)].split("=");
      for (const [other, name] of names.entries()) {
        if (value === 1 && more.length > 0 && name.startsWith(`${property}=`)) {
          whole[other] = 0;
        }
      }
    }
    return { ...whole, ...wish };
  }
}

/**
 * Where a share of the whole ends, for all but the last.
 * @param {number[]} frequencies
 * @returns {number[]}
 */
function bounds(frequencies) {
  let sum = 0;
  return frequencies.slice(0, -1).map((share) => (sum += share));
}

/**
 * The index of the share that a number on [0, 1) falls into.
 * @param {number[]} ends
 * @param {number} chance
 * @returns {number}
 */
function place(ends, chance) {
  const index = ends.findIndex((end) => chance < end);
  return index < 0 ? ends.length : index;
}
