// @ts-check
import { RandomState } from "../../studio/static/random/random_state.js";
/** @import { Prior } from "./types.js" */

const stream = new RandomState(0);

/**
 * What the stream of a sample's number draws: its latent, and the number that decides what it is told to be.
 * @param {Prior} prior
 * @param {number} seed The sample's number.
 * @returns {{latent: Float32Array, chance: number}}
 */
export function numbered(prior, seed) {
  stream.seed(seed);
  const latent = DRAWN[prior.kind](prior);
  return { latent, chance: stream.randomSample() };
}

/** @type {{[kind in Prior["kind"]]: (prior: Prior) => Float32Array}} */
const DRAWN = {
  normal: ({ dimension }) => Float32Array.from({ length: dimension }, () => stream.randn()),
  uniform: ({ dimension }) => uniform(dimension, Math.sqrt(3)),
  codes: ({ dimension, categorical, continuous }) => {
    const latent = new Float32Array(dimension);
    let place = dimension - continuous - categorical.reduce((sum, values) => sum + values, 0);
    latent.set(uniform(place, 1));
    for (const values of categorical) {
      latent[place + Math.floor(stream.randomSample() * values)] = 1;
      place += values;
    }
    latent.set(uniform(continuous, 1), place);
    return latent;
  },
};

/**
 * @param {number} count
 * @param {number} reach
 * @returns {Float32Array} Uniform on [-reach, reach).
 */
function uniform(count, reach) {
  return Float32Array.from({ length: count }, () => stream.uniform(-reach, reach));
}
