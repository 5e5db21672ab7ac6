// @ts-check
/** Spectral normalisation: no layer stretches anything (Miyato et al. 2018, arXiv:1802.05957, Algorithm 1). */

import { Perceptron } from "./perceptron.js";

/** @typedef {import("./streams.js").Stream} Stream */

/** Steps of power iteration before the first move, which already wants a good estimate. */
const FIRST_STEPS = 15;

/**
 * A network's trained weights, where the network computes with each layer's weight divided by its largest singular
 * value.
 */
export class SpectralNorm {
  /**
   * @param {Perceptron} network its weights become the trained ones
   * @param {Stream} stream for the first direction
   */
  constructor(network, stream) {
    this.network = network;
    /** The trained weights, and their gradients after `pullBack`. */
    this.trained = new Perceptron(network.sizes, "tanh");
    this.trained.weights.set(network.weights);
    /** Left singular vectors, layer after layer. */
    this.left = network.layers.map((layer) => {
      const vector = new Float64Array(layer.outputs);
      stream.fillNormal(vector, vector.length, 1);
      return normalise(vector);
    });
    this.right = network.layers.map((layer) => new Float64Array(layer.inputs));
    this.largest = network.layers.map(() => 1);
    for (let step = 0; step < FIRST_STEPS; step++) {
      this.push(true);
    }
  }

  /**
   * Gives the network its weights.
   * @param {boolean} iterate whether the singular vectors take a step of power iteration, as they do once a move
   */
  push(iterate) {
    const { layers } = this.trained;
    this.network.weights.set(this.trained.weights);
    layers.forEach(({ inputs, outputs, weight }, index) => {
      const [left, right] = [this.left[index], this.right[index]];
      right.fill(0);
      for (let r = 0; r < outputs; r++) {
        for (let k = 0; k < inputs; k++) {
          right[k] += left[r] * weight[r * inputs + k];
        }
      }
      normalise(right);
      const stretched = left.map((_, r) => dot(weight.subarray(r * inputs, (r + 1) * inputs), right));
      if (iterate) {
        left.set(stretched);
        normalise(left);
      }
      const largest = dot(left, stretched);
      this.largest[index] = largest;
      const used = this.network.layers[index].weight;
      for (let i = 0; i < used.length; i++) {
        used[i] = weight[i] / largest;
      }
    });
  }

  /**
   * Turns the gradient in the weights that the network used into that in the trained ones, w = used * largest, with the
   * singular vectors held fixed: (g - (g . used) left right^T) / largest.
   */
  pullBack() {
    this.trained.gradient.set(this.network.gradient);
    this.network.layers.forEach(({ inputs, outputs, weight, weightGradient }, index) => {
      const [left, right, largest] = [this.left[index], this.right[index], this.largest[index]];
      const along = dot(weightGradient, weight);
      const gradient = this.trained.layers[index].weightGradient;
      for (let r = 0, i = 0; r < outputs; r++) {
        for (let k = 0; k < inputs; k++, i++) {
          gradient[i] = (weightGradient[i] - along * left[r] * right[k]) / largest;
        }
      }
    });
  }
}

/**
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @returns {number}
 */
function dot(a, b) {
  let total = 0;
  for (let i = 0; i < a.length; i++) {
    total += a[i] * b[i];
  }
  return total;
}

/**
 * @param {Float64Array} vector
 * @returns {Float64Array} itself, of length 1
 */
function normalise(vector) {
  const length = Math.max(Math.sqrt(dot(vector, vector)), 1e-12);
  for (let i = 0; i < vector.length; i++) {
    vector[i] /= length;
  }
  return vector;
}
