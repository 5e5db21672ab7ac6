// @ts-check
import { linear, onPlane, spherical } from "./paths.js";
import { numbered } from "./priors.js";
import { Telling } from "./telling.js";
import { numbers } from "./unpacking.js";
/** @import { Engine } from "./engine.js" */
/** @import { Feeds } from "./worker.js" */
/** @import { Description, Latent, State, Told, Wish } from "./types.js" */

const REMEMBERED = 64;

/** The model: latents of numbered samples, places between them, and what is made of these. */
export class Generator {
  /** @type {Map<string, Latent>} */
  #known = new Map();

  /**
   * @param {Description} model
   * @param {Engine} engine
   */
  constructor(model, engine) {
    this.model = model;
    this.engine = engine;
    this.telling = new Telling(model.known);
    this.between = model.space.spherical ? spherical : linear;
    this.center = model.space.center === null ? null : numbers(model.space.center);
    this.directions = numbers(model.directions.vectors);
  }

  /**
   * The latent of a numbered sample: of the prior, or the styles that the mapping network makes of that.
   * @param {number} seed
   * @param {Wish} wish
   * @returns {Promise<Latent>}
   */
  async at(seed, wish) {
    const key = `${seed} ${JSON.stringify(wish)}`;
    const latent = this.#known.get(key) ?? (await this.#made(seed, wish));
    this.#known.delete(key);
    this.#known.set(key, latent);
    if (this.#known.size > REMEMBERED) {
      this.#known.delete(this.#known.keys().next().value ?? "");
    }
    return latent;
  }

  /**
   * @param {number} seed
   * @param {Wish} wish
   * @returns {Promise<Latent>}
   */
  async #made(seed, wish) {
    const { latent, chance } = numbered(this.model.prior, seed);
    const told = this.telling.told(chance, wish);
    if (this.model.space.name === "z") {
      return { values: latent, told };
    }
    const [mapping] = this.model.networks;
    const { data } = await this.engine.run(mapping.name, this.#feeds(mapping.inputs, latent, [told], 1), false);
    return { values: /** @type {Float32Array} */ (data), told };
  }

  /**
   * The latent that a person has chosen, moved along the directions.
   * @param {State} state
   * @returns {Promise<Latent>}
   */
  async place(state) {
    const { corners, end, way, wish, x, y } = state;
    const latent =
      way === null ? await this.onPlane(corners, x, y, wish) : await this.onWay(corners[0], end, way, wish);
    return this.moved(latent, state.moves);
  }

  /**
   * A place on the plane between four numbered samples, which is to be what the nearest of them is.
   * @param {number[]} corners
   * @param {number} x
   * @param {number} y
   * @param {Wish} wish
   * @returns {Promise<Latent>}
   */
  async onPlane(corners, x, y, wish) {
    const four = await Promise.all(corners.map((seed) => this.at(seed, wish)));
    const places = four.map(({ values }) => values);
    const nearest = (x < 0.5 ? 0 : 1) + (y < 0.5 ? 0 : 2);
    return { values: onPlane(places, x, y, this.between), told: this.#blended(four, weights(x, y), nearest) };
  }

  /**
   * A place on the way from one numbered sample to another.
   * @param {number} from
   * @param {number} to
   * @param {number} way On [0, 1].
   * @param {Wish} wish
   * @returns {Promise<Latent>}
   */
  async onWay(from, to, way, wish) {
    const [a, b] = await Promise.all([this.at(from, wish), this.at(to, wish)]);
    const told = this.#blended([a, b], [1 - way, way], way < 0.5 ? 0 : 1);
    return { values: this.between(a.values, b.values, way), told };
  }

  /**
   * What lies between samples: vectors change evenly, and a class is that of the nearest.
   * @param {Latent[]} latents
   * @param {number[]} shares
   * @param {number} nearest
   * @returns {Told}
   */
  #blended(latents, shares, nearest) {
    const { told } = latents[nearest];
    if (!(told instanceof Float32Array)) {
      return told;
    }
    return told.map((_, i) =>
      latents.reduce((sum, latent, j) => sum + shares[j] * /** @type {Float32Array} */ (latent.told)[i], 0),
    );
  }

  /**
   * A latent moved along the directions, in w in all layers alike.
   * @param {Latent} latent
   * @param {number[]} strengths
   * @returns {Latent}
   */
  moved({ values, told }, strengths) {
    const { width } = this.model.space;
    const step = new Float32Array(width);
    for (const [index, strength] of strengths.entries()) {
      const size = strength * this.model.directions.spread[index];
      for (let i = 0; size !== 0 && i < width; i += 1) {
        step[i] += size * this.directions[index * width + i];
      }
    }
    return { values: values.map((value, i) => value + step[i % width]), told };
  }

  /**
   * A picture.
   * @param {Latent} latent
   * @param {number} truncation
   * @returns {Promise<{picture: ImageData, milliseconds: number}>}
   */
  async picture({ values, told }, truncation) {
    const [, height, width] = this.model.shape;
    const { data, milliseconds } = await this.#drawn(values, [told], truncation, true);
    return { picture: new ImageData(/** @type {any} */ (data), width, height), milliseconds };
  }

  /**
   * Points in the data's own units, one behind the other.
   * @param {Latent[]} latents
   * @param {number} truncation
   * @returns {Promise<Float32Array>} Coordinates (n, coordinates).
   */
  async points(latents, truncation) {
    const { center, scale } = this.model;
    const values = new Float32Array(latents.length * latents[0].values.length);
    latents.forEach((latent, i) => values.set(latent.values, i * latent.values.length));
    const told = latents.map((latent) => latent.told);
    const { data } = await this.#drawn(values, told, truncation, false);
    return Float32Array.from(data, (value, i) => value * scale[i % scale.length] + center[i % center.length]);
  }

  /**
   * @param {Float32Array} values
   * @param {Told[]} told
   * @param {number} truncation
   * @param {boolean} pictured
   */
  #drawn(values, told, truncation, pictured) {
    const network = this.model.networks[this.model.networks.length - 1];
    const whole = this.center === null ? values : this.#towardsCenter(values, truncation);
    return this.engine.run(network.name, this.#feeds(network.inputs, whole, told, truncation), pictured);
  }

  /**
   * Styles brought nearer to their mean (Karras et al. 2019, Appendix B).
   * @param {Float32Array} styles
   * @param {number} truncation
   * @returns {Float32Array}
   */
  #towardsCenter(styles, truncation) {
    const center = /** @type {Float32Array} */ (this.center);
    return truncation === 1
      ? styles
      : styles.map((w, i) => center[i % center.length] + truncation * (w - center[i % center.length]));
  }

  /**
   * @param {string[]} inputs
   * @param {Float32Array} values
   * @param {Told[]} told
   * @param {number} truncation
   * @returns {Feeds}
   */
  #feeds(inputs, values, told, truncation) {
    const count = told.length;
    /** @type {{[input: string]: () => Feeds[string]}} */
    const known = {
      latent: () => ({ type: "float32", data: values, dims: [count, values.length / count] }),
      styles: () => {
        const { layers, width } = this.model.space;
        return { type: "float32", data: values, dims: [count, layers, width] };
      },
      class: () => ({ type: "int64", data: BigInt64Array.from(told, (index) => BigInt(Number(index))), dims: [count] }),
      condition: () => {
        const rows = told.map((row) => [.../** @type {Float32Array} */ (row)]);
        return { type: "float32", data: Float32Array.from(rows.flat()), dims: [count, rows[0].length] };
      },
      truncation: () => ({ type: "float32", data: Float32Array.of(truncation), dims: [] }),
    };
    return Object.fromEntries(inputs.map((input) => [input, known[input]()]));
  }
}

/**
 * How near a place on the plane is to each of its corners.
 * @param {number} x
 * @param {number} y
 * @returns {number[]}
 */
function weights(x, y) {
  return [(1 - x) * (1 - y), x * (1 - y), (1 - x) * y, x * y];
}
