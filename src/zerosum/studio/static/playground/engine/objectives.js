// @ts-check
/**
 * What the discriminator and the generator play for, with derivatives in the logits: `zerosum.game.objectives`, written
 * out. D(x) in the papers is often a probability; here D = sigmoid(logit).
 */

/**
 * @typedef {object} Opinions logits of one move, and where their derivatives go
 * @property {number} count of either side
 * @property {Float64Array} onReal
 * @property {Float64Array} onFake
 * @property {Float64Array} toReal d loss / d onReal is written to it
 * @property {Float64Array} toFake d loss / d onFake
 * @property {number} realLabel what the discriminator is told of real samples: 1, or less under label smoothing
 * @property {Float64Array | null} margins of the random hinge: `count` for real samples, then `count` for fakes
 */

/**
 * @typedef {object} Objective
 * @property {string} label
 * @property {string} paper
 * @property {string} says what each player minimises, in a line
 * @property {(o: Opinions) => number} discriminator the discriminator's loss; writes both derivatives
 * @property {(o: Opinions) => number} generator the generator's loss; writes the derivative of `onFake`
 * @property {boolean} [compares] whether the generator's loss reads `onReal`
 * @property {number | null} even the best discriminator's logit where real and fake are equally likely; null where only
 *   differences mean anything
 * @property {((logit: number) => number) | null} probability p_data / (p_data + p_g) according to the best
 *   discriminator's logit
 * @property {boolean} [labelled] whether labels can be smoothed
 */

/** @param {number} x @returns {number} */
export function sigmoid(x) {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));
}

/** @param {number} x @returns {number} log(1 + e^x), which never overflows */
function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/**
 * A loss that is a mean over real logits plus a mean over fake ones.
 * @param {(v: number, o: Opinions, index: number) => [number, number]} ofReal value and derivative
 * @param {(v: number, o: Opinions, index: number) => [number, number]} ofFake
 * @returns {(o: Opinions) => number}
 */
function means(ofReal, ofFake) {
  return (o) => {
    let total = 0;
    for (let i = 0; i < o.count; i++) {
      const [real, realSlope] = ofReal(o.onReal[i], o, i);
      const [fake, fakeSlope] = ofFake(o.onFake[i], o, i);
      total += real + fake;
      o.toReal[i] = realSlope / o.count;
      o.toFake[i] = fakeSlope / o.count;
    }
    return total / o.count;
  };
}

/**
 * A generator's loss that is a mean over fake logits.
 * @param {(v: number) => [number, number]} ofFake
 * @returns {(o: Opinions) => number}
 */
function mean(ofFake) {
  return (o) => {
    let total = 0;
    for (let i = 0; i < o.count; i++) {
      const [value, slope] = ofFake(o.onFake[i]);
      total += value;
      o.toFake[i] = slope / o.count;
    }
    return total / o.count;
  };
}

/**
 * E softplus(below - above) over pairs.
 * @param {Opinions} o
 * @param {Float64Array} above
 * @param {Float64Array} below
 * @param {Float64Array} toAbove
 * @param {Float64Array} toBelow
 */
function pairs(o, above, below, toAbove, toBelow) {
  let total = 0;
  for (let i = 0; i < o.count; i++) {
    const apart = below[i] - above[i];
    const slope = sigmoid(apart) / o.count;
    total += softplus(apart);
    toBelow[i] = slope;
    toAbove[i] = -slope;
  }
  return total / o.count;
}

/**
 * E softplus(E below - above) + E softplus(below - E above): each against the other side's average.
 * @param {Opinions} o
 * @param {Float64Array} above
 * @param {Float64Array} below
 * @param {Float64Array} toAbove
 * @param {Float64Array} toBelow
 */
function averages(o, above, below, toAbove, toBelow) {
  const n = o.count;
  let meanAbove = 0;
  let meanBelow = 0;
  for (let i = 0; i < n; i++) {
    meanAbove += above[i] / n;
    meanBelow += below[i] / n;
  }
  let total = 0;
  let throughAbove = 0;
  let throughBelow = 0;
  for (let i = 0; i < n; i++) {
    total += softplus(meanBelow - above[i]) + softplus(below[i] - meanAbove);
    toAbove[i] = -sigmoid(meanBelow - above[i]) / n;
    toBelow[i] = sigmoid(below[i] - meanAbove) / n;
    throughBelow -= toAbove[i];
    throughAbove -= toBelow[i];
  }
  for (let i = 0; i < n; i++) {
    toAbove[i] += throughAbove / n;
    toBelow[i] += throughBelow / n;
  }
  return total / n;
}

/** -E log D(x) - E log(1 - D(G(z))), to labels (Goodfellow et al. 2014, Equation 1; Salimans et al. 2016, 3.4). */
const crossEntropy = means(
  (v, o) => [softplus(-v) + (1 - o.realLabel) * v, 1 - o.realLabel - sigmoid(-v)],
  (v) => [softplus(v), sigmoid(v)],
);
/** -E D(G(z)). */
const raised = mean((v) => [-v, -1]);
/** -E log D(G(z)) (Goodfellow et al. 2014, Section 3). */
const fooling = mean((v) => [softplus(-v), -sigmoid(-v)]);

const GOODFELLOW = "Goodfellow et al. 2014, arXiv:1406.2661";
const JOLICOEUR = "Jolicoeur-Martineau 2019, arXiv:1807.00734";
const NOWOZIN = "Nowozin et al. 2016, arXiv:1606.00709";

/** @type {{[name: string]: Objective}} */
export const OBJECTIVES = {
  minimax: {
    label: "minimax (saturating)",
    paper: GOODFELLOW,
    says: "D: −log D(x) − log(1 − D(G(z))).  G: log(1 − D(G(z))), the same number with the other sign.",
    discriminator: crossEntropy,
    generator: mean((v) => [-softplus(v), -sigmoid(v)]),
    even: 0,
    probability: sigmoid,
    labelled: true,
  },
  "non-saturating": {
    label: "non-saturating",
    paper: `${GOODFELLOW}, Section 3`,
    says: "D: −log D(x) − log(1 − D(G(z))).  G: −log D(G(z)), which pushes hardest where D is sure.",
    discriminator: crossEntropy,
    generator: fooling,
    even: 0,
    probability: sigmoid,
    labelled: true,
  },
  wasserstein: {
    label: "Wasserstein",
    paper: "Arjovsky et al. 2017, arXiv:1701.07875",
    says: "D: D(G(z)) − D(x).  G: −D(G(z)).  Needs a D of bounded slope: a gradient penalty, or clipped weights.",
    discriminator: means((v) => [-v, -1], (v) => [v, 1]),
    generator: raised,
    even: null,
    probability: null,
  },
  "least-squares": {
    label: "least squares",
    paper: "Mao et al. 2017, arXiv:1611.04076",
    says: "D: ½(D(x) − 1)² + ½D(G(z))².  G: ½(D(G(z)) − 1)².",
    discriminator: means((v, o) => [(v - o.realLabel) ** 2 / 2, v - o.realLabel], (v) => [(v * v) / 2, v]),
    generator: mean((v) => [(v - 1) ** 2 / 2, v - 1]),
    even: 0.5,
    probability: (v) => Math.min(1, Math.max(0, v)),
    labelled: true,
  },
  hinge: {
    label: "hinge",
    paper: "Lim and Ye 2017, arXiv:1705.02894",
    says: "D: max(0, 1 − D(x)) + max(0, 1 + D(G(z))).  G: −D(G(z)).",
    discriminator: means((v) => (v < 1 ? [1 - v, -1] : [0, 0]), (v) => (v > -1 ? [1 + v, 1] : [0, 0])),
    generator: raised,
    even: 0,
    probability: null,
  },
  "random-hinge": {
    label: "random hinge",
    paper: "Liu et al. 2021, arXiv:2101.04775",
    says: "As hinge, with a margin for each sample between 0.8 and 1.",
    discriminator: means(
      (v, o, i) => {
        const margin = o.margins ? o.margins[i] : 1;
        return v < margin ? [margin - v, -1] : [0, 0];
      },
      (v, o, i) => {
        const margin = o.margins ? o.margins[o.count + i] : 1;
        return v > -margin ? [margin + v, 1] : [0, 0];
      },
    ),
    generator: raised,
    even: 0,
    probability: null,
  },
  relativistic: {
    label: "relativistic (pairs)",
    paper: `${JOLICOEUR}; Huang et al. 2024, arXiv:2501.05441`,
    says: "D: softplus(D(G(z)) − D(x)) over pairs of a real and a fake.  G: the same with the sides exchanged.",
    discriminator: (o) => pairs(o, o.onReal, o.onFake, o.toReal, o.toFake),
    generator: (o) => pairs(o, o.onFake, o.onReal, o.toFake, o.toReal),
    compares: true,
    even: null,
    probability: null,
  },
  "relativistic-average": {
    label: "relativistic (average)",
    paper: JOLICOEUR,
    says: "Each real sample against the average fake, and each fake against the average real one.",
    discriminator: (o) => averages(o, o.onReal, o.onFake, o.toReal, o.toFake),
    generator: (o) => averages(o, o.onFake, o.onReal, o.toFake, o.toReal),
    compares: true,
    even: null,
    probability: null,
  },
  kl: {
    label: "KL divergence",
    paper: NOWOZIN,
    says: "The variational bound of the Kullback-Leibler divergence.",
    discriminator: means((v) => [-v, -1], (v) => [Math.exp(v - 1), Math.exp(v - 1)]),
    generator: raised,
    even: 1,
    probability: (v) => sigmoid(v - 1),
  },
  "reverse-kl": {
    label: "reverse KL",
    paper: NOWOZIN,
    says: "The variational bound of the reverse Kullback-Leibler divergence.",
    discriminator: means((v) => [Math.exp(-v) - 1, -Math.exp(-v)], (v) => [v, 1]),
    generator: mean((v) => [Math.exp(-v), -Math.exp(-v)]),
    even: 0,
    probability: sigmoid,
  },
  pearson: {
    label: "Pearson chi-square",
    paper: NOWOZIN,
    says: "The variational bound of Pearson's chi-square divergence.",
    discriminator: means((v) => [-v, -1], (v) => [(v * v) / 4 + v, v / 2 + 1]),
    generator: raised,
    even: 0,
    probability: (v) => 1 - 1 / Math.max(1, 2 + v / 2),
  },
  hellinger: {
    label: "squared Hellinger",
    paper: NOWOZIN,
    says: "The variational bound of the squared Hellinger distance.",
    discriminator: means((v) => [Math.exp(-v) - 1, -Math.exp(-v)], (v) => [Math.exp(v) - 1, Math.exp(v)]),
    generator: mean((v) => [Math.exp(-v) - 1, -Math.exp(-v)]),
    even: 0,
    probability: (v) => sigmoid(2 * v),
  },
  "jensen-shannon": {
    label: "Jensen-Shannon",
    paper: NOWOZIN,
    says: "The non-saturating game again, with its losses shifted by constants.",
    discriminator: (o) => crossEntropy({ ...o, realLabel: 1 }) - 2 * Math.LN2,
    generator: (o) => fooling(o) - Math.LN2,
    even: 0,
    probability: sigmoid,
  },
};

/**
 * The logit that parts real from fake: `even`, or halfway between the two means.
 * @param {Objective} objective
 * @param {Float64Array} onReal
 * @param {Float64Array} onFake
 * @param {number} count
 */
export function middle(objective, onReal, onFake, count) {
  if (objective.even !== null) {
    return objective.even;
  }
  let total = 0;
  for (let i = 0; i < count; i++) {
    total += onReal[i] + onFake[i];
  }
  return total / (2 * count);
}
