// @ts-check
/** How a player's weights follow its gradient, and the average of the weights that it had. */

const EPSILON = 1e-8;

/**
 * Running means that Adam keeps, which are also all that there is to save of it.
 * @typedef {object} Moments
 * @property {Float64Array} mean of the gradient
 * @property {Float64Array} square of its square
 * @property {number} steps taken
 */

/**
 * @param {number} count of weights
 * @returns {Moments}
 */
export function freshMoments(count) {
  return { mean: new Float64Array(count), square: new Float64Array(count), steps: 0 };
}

/**
 * One step of Adam (Kingma and Ba 2015, arXiv:1412.6980, Algorithm 1).
 * @param {Float64Array} weights
 * @param {Float64Array} gradient
 * @param {Moments} moments
 * @param {number} rate
 * @param {number} beta1
 * @param {number} beta2
 */
export function stepAdam(weights, gradient, moments, rate, beta1, beta2) {
  const { mean, square } = moments;
  moments.steps += 1;
  const size = rate / (1 - beta1 ** moments.steps);
  const root = 1 / Math.sqrt(1 - beta2 ** moments.steps);
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i];
    mean[i] += (1 - beta1) * (g - mean[i]);
    square[i] += (1 - beta2) * (g * g - square[i]);
    weights[i] -= (size * mean[i]) / (Math.sqrt(square[i]) * root + EPSILON);
  }
}

/**
 * One step of plain gradient descent.
 * @param {Float64Array} weights
 * @param {Float64Array} gradient
 * @param {number} rate
 */
export function stepDescent(weights, gradient, rate) {
  for (let i = 0; i < weights.length; i++) {
    weights[i] -= rate * gradient[i];
  }
}

/**
 * Moves an average towards the weights (Yazici et al. 2019, arXiv:1806.04498).
 * @param {Float64Array} average
 * @param {Float64Array} weights
 * @param {number} decay what is kept of the average
 */
export function follow(average, weights, decay) {
  for (let i = 0; i < weights.length; i++) {
    average[i] += (1 - decay) * (weights[i] - average[i]);
  }
}

/** @param {Float64Array} x @returns {number} its Euclidean norm */
export function norm(x) {
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    total += x[i] * x[i];
  }
  return Math.sqrt(total);
}
