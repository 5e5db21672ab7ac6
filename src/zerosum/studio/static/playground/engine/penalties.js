// @ts-check
/**
 * Penalties on a player: `zerosum.game.penalties`, written out with their derivatives. Those of logits add to a pass's
 * seeds, those of slopes to its tangents (see perceptron.js), those of weights to the gradient.
 */

import { sigmoid } from "./objectives.js";

/** @typedef {import("./perceptron.js").Pass} Pass */
/** @typedef {import("./perceptron.js").Layer} Layer */

/**
 * @typedef {object} DiscriminatorMove
 * @property {Pass} real real samples as the discriminator was given them, after `forward`
 * @property {Pass} fake
 * @property {(name: "between" | "around" | "changedReal" | "changedFake") => Pass} look at other points, after
 *   `forward`:
 *   on the lines between real and fake, in a cloud around the real ones, a little beside real ones or fakes
 * @property {{[name: string]: number}} means running means that are kept from move to move
 */

/**
 * @typedef {object} GeneratorMove
 * @property {Pass} fake latents and their samples
 * @property {Pass | null} others other latents and theirs
 * @property {Float64Array} directions normal numbers, as many as `fake.y`
 * @property {{[name: string]: number}} means
 */

/**
 * @typedef {object} Weights
 * @property {Float64Array} all
 * @property {Float64Array} gradient
 * @property {Layer[]} layers views of both
 */

/**
 * @typedef {object} Penalty
 * @property {string} label
 * @property {string} says
 * @property {string} paper
 * @property {number} usual weight
 * @property {(move: DiscriminatorMove, weight: number) => number} [ofDiscriminator] its value, unweighted; adds the
 *   weighted
 *   derivatives
 * @property {(move: GeneratorMove, weight: number) => number} [ofGenerator]
 * @property {(weights: Weights, weight: number) => number} [ofWeights]
 * @property {"discriminator" | "generator"} player
 */

/** How fast LeCam's and the path length's running means forget. */
const DECAY = 0.99;

/**
 * The mean over a pass's samples of f(||grad D||^2, D).
 * @param {Pass} pass
 * @param {number} weight
 * @param {(squared: number, logit: number) => [number, number, number]} f to its value and its two derivatives
 * @returns {number}
 */
function meanOfSlopes(pass, weight, f) {
  const { rows, seeds, y } = pass;
  const { slopes, tangents } = pass.differentiate(null);
  const inputs = pass.network.inputs;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    let squared = 0;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) {
      squared += slopes[i] * slopes[i];
    }
    const [value, bySquare, byLogit] = f(squared, y[row]);
    total += value;
    seeds[row] += (weight * byLogit) / rows;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) {
      tangents[i] += ((2 * weight * bySquare) / rows) * slopes[i];
    }
  }
  return total / rows;
}

/** @type {(squared: number) => [number, number, number]} (||g|| - 1)^2 */
function aroundOne(squared) {
  const norm = Math.sqrt(squared + 1e-12);
  return [(norm - 1) ** 2, (norm - 1) / norm, 0];
}

/** @type {(squared: number) => [number, number, number]} max(0, ||g|| - 1)^2 */
function aboveOne(squared) {
  return squared > 1 ? aroundOne(squared) : [0, 0, 0];
}

/** @type {(squared: number) => [number, number, number]} ||g||^2 / 2 */
function half(squared) {
  return [squared / 2, 0.5, 0];
}

/**
 * The mean of (logit - target)^2.
 * @param {Pass} pass
 * @param {number} target
 * @param {number} weight
 */
function meanSquare(pass, target, weight) {
  let total = 0;
  for (let row = 0; row < pass.rows; row++) {
    const apart = pass.y[row] - target;
    total += apart * apart;
    pass.seeds[row] += (2 * weight * apart) / pass.rows;
  }
  return total / pass.rows;
}

/**
 * The mean of (D(x) - D(x'))^2 for x' a little beside x.
 * @param {Pass} pass
 * @param {Pass} changed
 * @param {number} weight
 */
function meanChange(pass, changed, weight) {
  let total = 0;
  for (let row = 0; row < pass.rows; row++) {
    const apart = pass.y[row] - changed.y[row];
    total += apart * apart;
    pass.seeds[row] += (2 * weight * apart) / pass.rows;
    changed.seeds[row] -= (2 * weight * apart) / pass.rows;
  }
  return total / pass.rows;
}

/** @param {Pass} pass @returns {number} */
function meanLogit(pass) {
  let total = 0;
  for (let row = 0; row < pass.rows; row++) {
    total += pass.y[row];
  }
  return total / pass.rows;
}

/** @type {NonNullable<Penalty["ofDiscriminator"]>} */
function lecam(move, weight) {
  const { means, real, fake } = move;
  means.lecamReal = DECAY * (means.lecamReal ?? 0) + (1 - DECAY) * meanLogit(real);
  means.lecamFake = DECAY * (means.lecamFake ?? 0) + (1 - DECAY) * meanLogit(fake);
  return meanSquare(real, means.lecamFake, weight) + meanSquare(fake, means.lecamReal, weight);
}

/** @type {NonNullable<Penalty["ofDiscriminator"]>} */
function roth(move, weight) {
  const onReal = meanOfSlopes(move.real, weight, (squared, logit) => {
    const doubt = sigmoid(-logit);
    return [(doubt * doubt * squared) / 2, (doubt * doubt) / 2, -squared * doubt * doubt * sigmoid(logit)];
  });
  const onFake = meanOfSlopes(move.fake, weight, (squared, logit) => {
    const belief = sigmoid(logit);
    return [(belief * belief * squared) / 2, (belief * belief) / 2, squared * belief * belief * sigmoid(-logit)];
  });
  return onReal + onFake;
}

/** @type {NonNullable<Penalty["ofWeights"]>} half the squared norm of all weights */
function decay({ all, gradient }, weight) {
  let total = 0;
  for (let i = 0; i < all.length; i++) {
    total += all[i] * all[i];
    gradient[i] += weight * all[i];
  }
  return total / 2;
}

/** @type {NonNullable<Penalty["ofWeights"]>} the sum over layers and pairs of rows of (w . w')^2 */
function orthogonal({ layers }, weight) {
  let total = 0;
  for (const { inputs, outputs, weight: matrix, weightGradient } of layers) {
    for (let r = 0; r < outputs; r++) {
      for (let s = 0; s < r; s++) {
        let product = 0;
        for (let k = 0; k < inputs; k++) {
          product += matrix[r * inputs + k] * matrix[s * inputs + k];
        }
        total += 2 * product * product;
        for (let k = 0; k < inputs; k++) {
          weightGradient[r * inputs + k] += 4 * weight * product * matrix[s * inputs + k];
          weightGradient[s * inputs + k] += 4 * weight * product * matrix[r * inputs + k];
        }
      }
    }
  }
  return total;
}

/** @type {NonNullable<Penalty["ofGenerator"]>} the mean of 1 / (|G(z) - G(z')| / |z - z'|) */
function modeSeeking({ fake, others }, weight) {
  if (!others) {
    throw new Error("mode-seeking needs other latents.");
  }
  const { inputs, outputs } = fake.network;
  let total = 0;
  for (let row = 0; row < fake.rows; row++) {
    let apart = 0;
    let latents = 0;
    for (let k = 0; k < inputs; k++) {
      latents += Math.abs(fake.x[row * inputs + k] - others.x[row * inputs + k]) / inputs;
    }
    for (let k = 0; k < outputs; k++) {
      apart += Math.abs(fake.y[row * outputs + k] - others.y[row * outputs + k]) / outputs;
    }
    const ratio = apart / latents + 1e-5;
    total += 1 / ratio;
    const slope = -weight / (ratio * ratio * latents * outputs * fake.rows);
    for (let i = row * outputs; i < (row + 1) * outputs; i++) {
      const side = Math.sign(fake.y[i] - others.y[i]);
      fake.seeds[i] += slope * side;
      others.seeds[i] -= slope * side;
    }
  }
  return total / fake.rows;
}

/** @type {NonNullable<Penalty["ofGenerator"]>} the mean of (||J^T y|| - a)^2; a is the running mean of the lengths */
function pathLength({ fake, directions, means }, weight) {
  const { slopes, tangents } = fake.differentiate(directions);
  const { rows } = fake;
  const inputs = fake.network.inputs;
  const lengths = Array.from({ length: rows }, (_, row) => {
    const slope = slopes.subarray(row * inputs, (row + 1) * inputs);
    return Math.sqrt(slope.reduce((sum, one) => sum + one * one, 1e-12));
  });
  const mean = lengths.reduce((sum, length) => sum + length, 0) / rows;
  means.pathLength = DECAY * (means.pathLength ?? 0) + (1 - DECAY) * mean;
  let total = 0;
  lengths.forEach((length, row) => {
    const apart = length - means.pathLength;
    total += apart * apart;
    for (let i = row * inputs; i < (row + 1) * inputs; i++) {
      tangents[i] += ((2 * weight * apart) / (length * rows)) * slopes[i];
    }
  });
  return total / rows;
}

/** @type {{[name: string]: Penalty}} */
export const PENALTIES = {
  r1: {
    label: "R1",
    says: "D must be flat at real samples.",
    paper: "Mescheder et al. 2018, arXiv:1801.04406, Equation 9",
    usual: 0.1,
    player: "discriminator",
    ofDiscriminator: (move, weight) => meanOfSlopes(move.real, weight, half),
  },
  r2: {
    label: "R2",
    says: "D must be flat at fakes.",
    paper: "Mescheder et al. 2018, arXiv:1801.04406, Equation 10",
    usual: 0.1,
    player: "discriminator",
    ofDiscriminator: (move, weight) => meanOfSlopes(move.fake, weight, half),
  },
  "gradient-penalty": {
    label: "gradient penalty (WGAN-GP)",
    says: "D must have slope 1 on the lines between real samples and fakes.",
    paper: "Gulrajani et al. 2017, arXiv:1704.00028, Equation 3",
    usual: 1,
    player: "discriminator",
    ofDiscriminator: (move, weight) => meanOfSlopes(move.look("between"), weight, aroundOne),
  },
  "one-sided-gradient-penalty": {
    label: "one-sided gradient penalty",
    says: "D's slope must not be above 1 between real samples and fakes.",
    paper: "Petzka et al. 2018, arXiv:1709.08894",
    usual: 1,
    player: "discriminator",
    ofDiscriminator: (move, weight) => meanOfSlopes(move.look("between"), weight, aboveOne),
  },
  dragan: {
    label: "DRAGAN",
    says: "D must have slope 1 in a cloud around the real samples.",
    paper: "Kodali et al. 2017, arXiv:1705.07215",
    usual: 1,
    player: "discriminator",
    ofDiscriminator: (move, weight) => meanOfSlopes(move.look("around"), weight, aroundOne),
  },
  roth: {
    label: "Jensen-Shannon regulariser",
    says: "What noise on real samples and fakes comes to, worked out.",
    paper: "Roth et al. 2017, arXiv:1705.09367, Equation 22",
    usual: 0.1,
    player: "discriminator",
    ofDiscriminator: roth,
  },
  drift: {
    label: "drift",
    says: "D's logits of real samples must stay near 0.",
    paper: "Karras et al. 2018, arXiv:1710.10196, Appendix A.1",
    usual: 0.001,
    player: "discriminator",
    ofDiscriminator: (move, weight) => meanSquare(move.real, 0, weight),
  },
  lecam: {
    label: "LeCam",
    says: "D's logits must stay near the other side's running mean.",
    paper: "Tseng et al. 2021, arXiv:2104.03310, Equation 3",
    usual: 0.1,
    player: "discriminator",
    ofDiscriminator: lecam,
  },
  consistency: {
    label: "consistency",
    says: "D must say the same of a real sample and of one a little beside it.",
    paper: "Zhang et al. 2020, arXiv:1910.12027, Equation 5",
    usual: 10,
    player: "discriminator",
    ofDiscriminator: (move, weight) => meanChange(move.real, move.look("changedReal"), weight),
  },
  "balanced-consistency": {
    label: "balanced consistency",
    says: "The same at real samples and at fakes.",
    paper: "Zhao et al. 2021, arXiv:2002.04724, Algorithm 1",
    usual: 10,
    player: "discriminator",
    ofDiscriminator: (move, weight) => meanChange(move.real, move.look("changedReal"), weight)
      + meanChange(move.fake, move.look("changedFake"), weight),
  },
  "weight-decay": {
    label: "weight decay",
    says: "D's weights must stay small.",
    paper: "Mescheder et al. 2018, arXiv:1801.04406",
    usual: 0.001,
    player: "discriminator",
    ofWeights: decay,
  },
  orthogonal: {
    label: "orthogonal rows",
    says: "The rows of D's layers must stand at right angles.",
    paper: "Brock et al. 2019, arXiv:1809.11096, Equation 3",
    usual: 0.0001,
    player: "discriminator",
    ofWeights: orthogonal,
  },
  "generator-orthogonal": {
    label: "orthogonal rows in G",
    says: "The rows of G's layers must stand at right angles.",
    paper: "Brock et al. 2019, arXiv:1809.11096, Equation 3",
    usual: 0.0001,
    player: "generator",
    ofWeights: orthogonal,
  },
  "mode-seeking": {
    label: "mode seeking",
    says: "Other latents must give other samples.",
    paper: "Mao et al. 2019, arXiv:1903.05628, Equation 3",
    usual: 0.1,
    player: "generator",
    ofGenerator: modeSeeking,
  },
  "path-length": {
    label: "path length",
    says: "Equal steps in the latent must be equal steps of the sample.",
    paper: "Karras et al. 2020, arXiv:1912.04958, Equation 4",
    usual: 0.1,
    player: "generator",
    ofGenerator: pathLength,
  },
};
