// @ts-check
/**
 * What the generator is to learn: distributions of one and two dimensions whose true shape is known, or a person's own
 * points. Those that `zerosum.data.toys` has are the same here, in the units that models see them in.
 */

/** @typedef {import("./streams.js").Stream} Stream */

/**
 * @typedef {object} Distribution
 * @property {string} label
 * @property {string} says
 * @property {1 | 2} dimensions
 * @property {(stream: Stream, into: Float64Array, count: number) => void} draw writes count x dimensions numbers
 * @property {((x: number) => number) | null} density of one dimension, where it is known
 * @property {Float64Array | null} modes centres of the round Gaussians that it is a mixture of, count x dimensions
 * @property {number} sigma their standard deviation
 */

const RING = Float64Array.from({ length: 16 }, (_, index) => {
  const angle = (Math.PI / 4) * Math.floor(index / 2);
  return Math.SQRT2 * (index % 2 ? Math.sin(angle) : Math.cos(angle));
});
const GRID = Float64Array.from({ length: 50 }, (_, index) => {
  const place = Math.floor(index / 2);
  return Math.SQRT1_2 * ((index % 2 ? place % 5 : Math.floor(place / 5)) - 2);
});

/**
 * Equally likely round Gaussians.
 * @param {string} label
 * @param {string} says
 * @param {Float64Array} modes
 * @param {number} sigma
 * @param {1 | 2} dimensions
 * @returns {Distribution}
 */
function mixture(label, says, modes, sigma, dimensions) {
  const count = modes.length / dimensions;
  return {
    label,
    says,
    dimensions,
    modes,
    sigma,
    draw(stream, into, samples) {
      for (let i = 0; i < samples; i++) {
        const mode = Math.floor(stream.uniform() * count);
        for (let k = 0; k < dimensions; k++) {
          into[i * dimensions + k] = modes[mode * dimensions + k] + sigma * stream.normal();
        }
      }
    },
    density: dimensions === 2
      ? null
      : (x) => modes.reduce((sum, mode) => sum + bell((x - mode) / sigma), 0) / (sigma * count),
  };
}

/**
 * A curve or an area that points are drawn from, with noise.
 * @param {string} label
 * @param {string} says
 * @param {number} sigma
 * @param {(stream: Stream) => [number, number]} place
 * @returns {Distribution}
 */
function shape(label, says, sigma, place) {
  return {
    label,
    says,
    dimensions: 2,
    modes: null,
    sigma,
    density: null,
    draw(stream, into, count) {
      for (let i = 0; i < count; i++) {
        const [x, y] = place(stream);
        into[2 * i] = x + (sigma ? sigma * stream.normal() : 0);
        into[2 * i + 1] = y + (sigma ? sigma * stream.normal() : 0);
      }
    },
  };
}

/** @param {number} x @returns {number} the standard normal density */
function bell(x) {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

const HILLS = [{ share: 0.5, mean: -1, sigma: 0.3 }, { share: 0.3, mean: 0.4, sigma: 0.2 },
  { share: 0.2, mean: 1.4, sigma: 0.1 }];
const WIDTH = 1.2;

/** @type {{[name: string]: Distribution}} */
export const DISTRIBUTIONS = {
  gaussian1: mixture("one Gaussian", "The bell of the first paper's figure.", Float64Array.of(1), 0.5, 1),
  pair1: mixture("two Gaussians", "Two bells far apart: are both found?", Float64Array.of(-1.2, 1.2), 0.25, 1),
  uniform1: {
    label: "uniform",
    says: "Flat, with sharp edges that smooth networks find hard.",
    dimensions: 1,
    modes: null,
    sigma: 0,
    density: (x) => (Math.abs(x) <= WIDTH ? 1 / (2 * WIDTH) : 0),
    draw: (stream, into, count) => stream.fillUniform(into, count, -WIDTH, WIDTH),
  },
  hills1: {
    label: "three hills",
    says: "Three bells of different height and width.",
    dimensions: 1,
    modes: null,
    sigma: 0,
    density: (x) => HILLS.reduce((sum, { share, mean, sigma }) => sum + (share * bell((x - mean) / sigma)) / sigma, 0),
    draw(stream, into, count) {
      for (let i = 0; i < count; i++) {
        const where = stream.uniform();
        const hill = HILLS[where < 0.5 ? 0 : where < 0.8 ? 1 : 2];
        into[i] = hill.mean + hill.sigma * stream.normal();
      }
    },
  },
  ring: mixture("ring of 8", "8 Gaussians on a circle: does the generator find all of them?", RING,
    0.05 * Math.SQRT2, 2),
  grid: mixture("grid of 25", "25 narrow Gaussians: does it find many?", GRID, 0.02 * Math.SQRT2, 2),
  pair: mixture("two Gaussians", "Two round clouds, three apart.", Float64Array.of(-1.2, 0, 1.2, 0), 0.2, 2),
  gaussian: mixture("one Gaussian", "One round cloud.", Float64Array.of(0.8, 0.4), 0.35, 2),
  circle: shape("circle", "A line that closes: a hole in the middle that must stay empty.", 0.04, (stream) => {
    const angle = 2 * Math.PI * stream.uniform();
    return [Math.SQRT2 * Math.cos(angle), Math.SQRT2 * Math.sin(angle)];
  }),
  moons: shape("two moons", "Two half circles that reach into each other.", 0.05 / 0.7, (stream) => {
    const angle = Math.PI * stream.uniform();
    return stream.uniform() < 0.5
      ? [(0.5 - Math.cos(angle)) / 0.7, (0.25 - Math.sin(angle)) / 0.7]
      : [(Math.cos(angle) - 0.5) / 0.7, (Math.sin(angle) - 0.25) / 0.7];
  }),
  spiral: shape("spiral", "One long curved line: can a sheet of latents be rolled up like this?", 0.04, (stream) => {
    const share = Math.sqrt(stream.uniform());
    const angle = 3.5 * Math.PI * share;
    return [1.7 * share * Math.cos(angle), 1.7 * share * Math.sin(angle)];
  }),
  disjoint: shape("two segments", "Two lines with no width, apart: densities do not overlap.", 0, (stream) => [
    stream.uniform() < 0.5 ? -4 / 3 : 4 / 3, (stream.uniform() - 0.5) / 1.5]),
  line: shape("one segment", "One line with no width (Arjovsky et al. 2017, arXiv:1701.07875, Example 1).", 0,
    (stream) => [0, 2 * stream.uniform() - 1]),
};

/** Noise of a person's own points, so that they are places and not atoms. */
const JITTER = 0.03;
/** Points that are kept of a drawing. */
export const MOST_POINTS = 1000;

/**
 * A person's own points.
 * @param {number[]} points coordinates, point after point
 * @param {1 | 2} dimensions
 * @returns {Distribution}
 */
export function ownPoints(points, dimensions) {
  const count = points.length / dimensions;
  return {
    label: dimensions === 1 ? "your own numbers" : "your own points",
    says: "What you drew or typed.",
    dimensions,
    modes: null,
    sigma: JITTER,
    density: dimensions === 1 ? kernelDensity(points) : null,
    draw(stream, into, samples) {
      for (let i = 0; i < samples; i++) {
        const from = Math.floor(stream.uniform() * count);
        for (let k = 0; k < dimensions; k++) {
          into[i * dimensions + k] = points[from * dimensions + k] + JITTER * stream.normal();
        }
      }
    },
  };
}

/**
 * The density that numbers come from, as smooth as their count allows (Silverman 1986, Equation 3.31), and at least as
 * `JITTER`.
 * @param {ArrayLike<number>} numbers
 * @returns {(x: number) => number}
 */
export function kernelDensity(numbers) {
  const sorted = Float64Array.from(numbers).sort();
  const count = sorted.length;
  const mean = sorted.reduce((sum, x) => sum + x, 0) / count;
  const deviation = Math.sqrt(sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count);
  const middle = (sorted[Math.floor(0.75 * (count - 1))] - sorted[Math.floor(0.25 * (count - 1))]) / 1.34;
  const width = Math.max(JITTER, 0.9 * Math.min(deviation, middle || deviation) * count ** -0.2);
  return (x) => {
    let total = 0;
    for (let i = lowest(sorted, x - 5 * width); i < count && sorted[i] < x + 5 * width; i++) {
      total += bell((x - sorted[i]) / width);
    }
    return total / (count * width);
  };
}

/**
 * @param {Float64Array} sorted
 * @param {number} x
 * @returns {number} the first index whose number is not below x
 */
function lowest(sorted, x) {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle] < x) {
      from = middle + 1;
    } else {
      to = middle;
    }
  }
  return from;
}
