// @ts-check
/**
 * Multilayer perceptrons, and passes of batches through them: forward, backward, and backward through the backward
 * pass.
 *
 * A penalty on slopes is a function of g(x) = dD/dx, and its gradient in the weights is that of v . g(x), where v is
 * how
 * the penalty changes with g and is held fixed. But v . g(x) is how fast D changes when x moves along v. So one pass
 * forward with tangents (v in, their images out) and one pass backward through both give the exact second-order
 * gradient:
 * differentiate forward over reverse (Pearlmutter 1994, "Fast exact multiplication by the Hessian").
 */

import { ACTIVATIONS } from "./activations.js";
import { addBackward, addForward, addOuter } from "./matrix.js";

/** @typedef {import("./streams.js").Stream} Stream */

/**
 * @typedef {object} Layer
 * @property {number} inputs
 * @property {number} outputs
 * @property {Float64Array} weight outputs x inputs
 * @property {Float64Array} bias
 * @property {Float64Array} weightGradient
 * @property {Float64Array} biasGradient
 */

const LAST_GAIN = 0.4;

/** Linear layers with an activation between them; none of the arrays is ever replaced. */
export class Perceptron {
  /**
   * @param {number[]} sizes inputs, hidden widths, outputs
   * @param {string} activation one of `ACTIVATIONS`
   */
  constructor(sizes, activation) {
    this.sizes = sizes;
    this.activation = ACTIVATIONS[activation];
    const count = sizes.slice(1).reduce((sum, outputs, index) => sum + outputs * (sizes[index] + 1), 0);
    /** Every layer's weight, then its bias, layer after layer: the order of `parameters()` in PyTorch. */
    this.weights = new Float64Array(count);
    /** What passes add gradients to, in the same order. */
    this.gradient = new Float64Array(count);
    /** @type {Layer[]} */
    this.layers = [];
    let start = 0;
    for (let index = 1; index < sizes.length; index++) {
      const [inputs, outputs] = [sizes[index - 1], sizes[index]];
      const middle = start + outputs * inputs;
      const end = middle + outputs;
      this.layers.push({
        inputs,
        outputs,
        weight: this.weights.subarray(start, middle),
        bias: this.weights.subarray(middle, end),
        weightGradient: this.gradient.subarray(start, middle),
        biasGradient: this.gradient.subarray(middle, end),
      });
      start = end;
    }
  }

  /** Numbers that a sample is given as. */
  get inputs() {
    return this.sizes[0];
  }

  /** Numbers that come out. */
  get outputs() {
    return this.sizes[this.sizes.length - 1];
  }

  /**
   * Draws the weights anew: normal, with variance gain^2 / inputs (He et al. 2015, arXiv:1502.01852); biases are 0. The
   * last layer's gain is small, so that a game begins with fakes close together and a discriminator without opinions.
   * @param {Stream} stream
   */
  initialise(stream) {
    this.layers.forEach((layer, index) => {
      const gain = index < this.layers.length - 1 ? this.activation.gain : LAST_GAIN;
      stream.fillNormal(layer.weight, layer.weight.length, gain / Math.sqrt(layer.inputs));
      layer.bias.fill(0);
    });
  }
}

/** One batch on its way through a network; holds every number that a way back needs. */
export class Pass {
  /**
   * @param {Perceptron} network
   * @param {number} most rows that will ever be asked for
   */
  constructor(network, most) {
    this.network = network;
    this.most = most;
    /** Rows of the batch that it holds now. */
    this.rows = 0;
    /** Samples, rows x inputs; written by the caller. */
    this.x = new Float64Array(most * network.inputs);
    /** @type {Float64Array[]} what layers made of them; the last are the outputs */
    this.values = network.layers.map((layer) => new Float64Array(most * layer.outputs));
    /** @type {Float64Array[]} slopes of the activations */
    this.bends = network.layers.slice(0, -1).map((layer) => new Float64Array(most * layer.outputs));
    /** d loss / d outputs; written by the caller. */
    this.seeds = new Float64Array(most * network.outputs);
    /** d loss / d x, after `backward` with `inputs`. */
    this.toInputs = new Float64Array(most * network.inputs);
    /** @type {Float64Array[]} d loss / d values, of hidden layers */
    this.back = network.layers.slice(0, -1).map((layer) => new Float64Array(most * layer.outputs));
    /** @type {Second | null} what only penalties on slopes need */
    this.second = null;
    /** Whether slopes were asked for since `forward`, so that the way back goes through them as well. */
    this.twice = false;
  }

  /** What the network made of the batch, rows x outputs. */
  get y() {
    return this.values[this.values.length - 1];
  }

  /**
   * Sends the first `rows` samples of `x` through the network.
   * @param {number} rows
   * @returns {Float64Array} `y`
   */
  forward(rows) {
    const { layers, activation } = this.network;
    this.rows = rows;
    this.twice = false;
    /** @type {Float64Array} */
    let x = this.x;
    for (let index = 0; index < layers.length; index++) {
      const { inputs, outputs, weight, bias } = layers[index];
      const y = this.values[index];
      for (let row = 0, at = 0; row < rows; row++) {
        for (let k = 0; k < outputs; k++) {
          y[at++] = bias[k];
        }
      }
      addForward(y, x, weight, rows, inputs, outputs);
      if (index < layers.length - 1) {
        activation.apply(y, this.bends[index], rows * outputs);
      }
      x = y;
    }
    return this.y;
  }

  /**
   * Takes `seeds` back: adds the gradients of the sum of seeds times outputs, and, if tangents were written, of how
   * fast
   * the outputs change along them, to the network's.
   * @param {boolean} weights whether the weights' gradients are wanted
   * @param {boolean} inputs whether `toInputs` is wanted; it does not contain what tangents would add
   */
  backward(weights, inputs) {
    const { layers, activation } = this.network;
    const { rows } = this;
    const second = this.twice ? this.second : null;
    second?.lean(this);
    /** @type {Float64Array} */
    let d = this.seeds;
    for (let index = layers.length - 1; index >= 0; index--) {
      const layer = layers[index];
      const x = index ? this.values[index - 1] : this.x;
      if (weights) {
        addOuter(layer.weightGradient, d, x, rows, layer.inputs, layer.outputs);
        addColumns(layer.biasGradient, d, rows);
        if (second) {
          const moved = index ? second.moved[index - 1] : second.tangents;
          addOuter(layer.weightGradient, second.deltas[index], moved, rows, layer.inputs, layer.outputs);
        }
      }
      if (index || inputs) {
        const g = index ? this.back[index - 1] : this.toInputs;
        const count = rows * layer.inputs;
        g.fill(0, 0, count);
        addBackward(g, d, layer.weight, rows, layer.inputs, layer.outputs);
        if (index) {
          scale(g, this.bends[index - 1], count);
          if (second && activation.bend) {
            second.addBends(g, activation.bend, this, index - 1, count);
          }
          d = g;
        }
      }
    }
  }

  /**
   * Slopes of the outputs in the inputs: d (units . y) / dx, rows x inputs.
   *
   * A penalty adds d penalty / d slopes to `tangents`, which `backward` then takes into account.
   * @param {Float64Array | null} units rows x outputs; null for ones
   * @returns {Second}
   */
  differentiate(units) {
    const second = (this.second ??= new Second(this.network, this.most));
    if (!this.twice) {
      second.differentiate(this, units);
      this.twice = true;
    }
    return second;
  }
}

/** Slopes of a pass's outputs in its inputs, and tangents that go through the network beside the samples. */
class Second {
  /**
   * @param {Perceptron} network
   * @param {number} most
   */
  constructor(network, most) {
    const hidden = network.layers.slice(0, -1);
    /** @type {Float64Array[]} d units.y / d what layers made before their activation */
    this.deltas = network.layers.map((layer) => new Float64Array(most * layer.outputs));
    /** @type {Float64Array[]} the same after the activation, of hidden layers */
    this.afters = hidden.map((layer) => new Float64Array(most * layer.outputs));
    /** d units.y / dx, rows x inputs. */
    this.slopes = new Float64Array(most * network.inputs);
    /** Where each sample moves to, rows x inputs: what penalties write. */
    this.tangents = new Float64Array(most * network.inputs);
    /** @type {Float64Array[]} how fast hidden values move then, before the activation */
    this.before = hidden.map((layer) => new Float64Array(most * layer.outputs));
    /** @type {Float64Array[]} and after it */
    this.moved = hidden.map((layer) => new Float64Array(most * layer.outputs));
    this.curve = new Float64Array(most * Math.max(1, ...hidden.map((layer) => layer.outputs)));
  }

  /**
   * @param {Pass} pass
   * @param {Float64Array | null} units
   */
  differentiate(pass, units) {
    const { layers } = pass.network;
    const { rows } = pass;
    const last = layers.length - 1;
    if (units) {
      this.deltas[last].set(units.subarray(0, rows * layers[last].outputs));
    } else {
      this.deltas[last].fill(1, 0, rows * layers[last].outputs);
    }
    for (let index = last; index >= 0; index--) {
      const { inputs, outputs, weight } = layers[index];
      const count = rows * inputs;
      const g = index ? this.afters[index - 1] : this.slopes;
      g.fill(0, 0, count);
      addBackward(g, this.deltas[index], weight, rows, inputs, outputs);
      if (index) {
        multiply(this.deltas[index - 1], g, pass.bends[index - 1], count);
      }
    }
    this.tangents.fill(0, 0, rows * pass.network.inputs);
  }

  /**
   * Sends the tangents through the network: d(values) when x moves along them.
   * @param {Pass} pass
   */
  lean(pass) {
    const { layers } = pass.network;
    /** @type {Float64Array} */
    let x = this.tangents;
    for (let index = 0; index < layers.length - 1; index++) {
      const { inputs, outputs, weight } = layers[index];
      const count = pass.rows * outputs;
      const y = this.before[index];
      y.fill(0, 0, count);
      addForward(y, x, weight, pass.rows, inputs, outputs);
      multiply(this.moved[index], y, pass.bends[index], count);
      x = this.moved[index];
    }
  }

  /**
   * What moving values add on the way back through an activation: its second derivative, times how fast its input
   * moves, times what is behind it.
   * @param {Float64Array} g
   * @param {NonNullable<import("./activations.js").Activation["bend"]>} bend
   * @param {Pass} pass
   * @param {number} index
   * @param {number} count
   */
  addBends(g, bend, pass, index, count) {
    const { curve } = this;
    const [before, after] = [this.before[index], this.afters[index]];
    bend(pass.values[index], pass.bends[index], curve, count);
    for (let i = 0; i < count; i++) {
      g[i] += curve[i] * before[i] * after[i];
    }
  }
}

/**
 * Adds each row of `d` to `sums`.
 * @param {Float64Array} sums
 * @param {Float64Array} d rows x sums.length
 * @param {number} rows
 */
function addColumns(sums, d, rows) {
  const columns = sums.length;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let k = 0; k < columns; k++) {
      sums[k] += d[at++];
    }
  }
}

/**
 * @param {Float64Array} x
 * @param {Float64Array} factors
 * @param {number} count
 */
function scale(x, factors, count) {
  for (let i = 0; i < count; i++) {
    x[i] *= factors[i];
  }
}

/**
 * @param {Float64Array} product
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @param {number} count
 */
function multiply(product, a, b, count) {
  for (let i = 0; i < count; i++) {
    product[i] = a[i] * b[i];
  }
}
