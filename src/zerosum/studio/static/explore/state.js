// @ts-check
/**
 * What the page shows of a model of pictures, as one value: undo, links, commands and requests are all made of it.
 *
 * A place is what the server, `zerosum explore show` and Python understand; see `zerosum.exploration.places`.
 */

/** @typedef {number | string} Seed a sample's number, or "@name" for what is kept under a name */
/** @typedef {[number, number]} Layers the first and the last one */
/** @typedef {{axes: string, index: number, strength: number, layers: Layers | null}} Move */
/** @typedef {"sample" | "plane" | "way" | "arithmetic" | "mix" | "photo"} Tab */

/**
 * @typedef {object} State
 * @property {Tab} tab how the latent is found
 * @property {"z" | "w"} space
 * @property {Seed} seed the sample of the tabs "sample" and "photo", and the one that most is taken of in "mix"
 * @property {Seed[]} corners of the plane: top left, top right, bottom left, bottom right
 * @property {number} x on the plane, from 0 to 1
 * @property {number} y
 * @property {Seed[]} ends of the way
 * @property {number} t on the way, from 0 to 1
 * @property {number} frames of the way
 * @property {boolean} closed whether the way leads back
 * @property {Seed[][]} trays A, B and C of A - B + C
 * @property {{seed: number, amount: number} | null} near a neighbour of the result of arithmetic instead of itself
 * @property {Seed} other the sample that layers are taken of
 * @property {Layers} layers that are taken
 * @property {string | null} condition what samples are told to be; null: each its own
 * @property {number | null} truncation
 * @property {Move[]} moves
 */

/** @typedef {{[part: string]: unknown}} Place as JSON */

/**
 * @typedef {object} Model as GET /api/models/ID describes it
 * @property {string} id
 * @property {string} path its folder, as commands name it
 * @property {string} recipe
 * @property {string | null} data
 * @property {"image" | "points" | "table"} kind
 * @property {number[]} shape height, width and channels of pictures
 * @property {{[fact: string]: any}} facts
 * @property {("z" | "w")[]} spaces the one to begin with first
 * @property {{[space: string]: number}} layers how many can be told different latents
 * @property {boolean} truncation
 * @property {{kind: string, flag: string, names: string[], examples: string[]} | null} told
 * @property {Column[] | null} columns
 * @property {"nothing" | "one category" | "any" | null} listens
 * @property {boolean} reals whether it is known what it was trained on
 * @property {{gif: boolean, mp4: boolean}} film
 * @property {boolean} invert
 * @property {string[]} kept
 * @property {Axes[]} directions
 */

/** @typedef {{name: string, space: string, method: string | null, count: number, shares: number[] | null}} Axes */

/**
 * @typedef {object} Column
 * @property {string} name
 * @property {string} kind
 * @property {boolean} number
 * @property {string[] | null} levels
 * @property {string | null} low
 * @property {string | null} high
 * @property {number | null} step
 * @property {boolean} missing
 */

export const FACTORS = [1, -1, 1];
const LARGEST_SEED = 2 ** 32 - 1;

/**
 * Where one begins.
 * @param {Model} model
 * @returns {State}
 */
export function begin(model) {
  const space = model.spaces[0];
  const depth = model.layers[space] ?? 1;
  return {
    tab: "plane", space, seed: 0, corners: [0, 1, 2, 3], x: 0.5, y: 0.5, ends: [0, 1], t: 0.5, frames: 24,
      closed: false,
    trays: [[], [], []], near: null, other: 1, layers: [0, Math.max(0, Math.ceil(depth / 3) - 1)], condition: null,
    truncation: null, moves: [],
  };
}

/**
 * The place that a state shows.
 * @param {State} state
 * @returns {Place}
 */
export function placeOf(state) {
  const mixed = state.tab === "mix" ? { mix: { seed: state.other, layers: state.layers } } : {};
  return { ...commonOf(state), latent: latentOf(state), ...mixed };
}

/**
 * What all places of a state have in common.
 * @param {State} state
 * @returns {Place}
 */
export function commonOf(state) {
  const moves = state.moves.filter((move) => move.strength !== 0);
  return {
    space: state.space,
    ...(state.condition === null ? {} : { condition: state.condition }),
    ...(state.truncation === null ? {} : { truncation: state.truncation }),
    ...(moves.length ? { moves } : {}),
  };
}

/**
 * @param {State} state
 * @returns {object}
 */
function latentOf(state) {
  switch (state.tab) {
    case "plane":
      return { plane: { seeds: state.corners, x: state.x, y: state.y } };
    case "way":
      return { between: { seeds: state.ends, t: state.t } };
    case "arithmetic":
      return nearby(sumOf(state), state.near);
    default:
      return { seed: state.seed };
  }
}

/**
 * The result of the trays.
 * @param {State} state
 * @returns {object}
 */
export function sumOf({ trays, seed }) {
  const sum = trays.map((seeds, tray) => ({ factor: FACTORS[tray], seeds })).filter(({ seeds }) => seeds.length);
  return sum.length ? { sum } : { seed };
}

/**
 * @param {object} latent
 * @param {State["near"]} near
 * @returns {object}
 */
export function nearby(latent, near) {
  return near === null ? latent : { near: { of: latent, ...near } };
}

/**
 * What a person calls the place.
 * @param {State} state
 * @returns {string}
 */
export function wordsOf(state) {
  switch (state.tab) {
    case "plane":
      return `Between ${state.corners.map(seedWords).join(", ")}`;
    case "way":
      return `${Math.round(100 * state.t)} % of the way from ${state.ends.map(seedWords).join(" to ")}`;
    case "arithmetic": {
      const used = ["A", "B", "C"].filter((_, tray) => state.trays[tray].length);
      const sum = used.map((name, at) => `${name === "B" ? "− " : at ? "+ " : ""}${name}`);
      return used.length ? `${sum.join(" ")}${state.near ? ", a neighbour" : ""}` : seedWords(state.seed);
    }
    case "mix":
      return `Sample ${seedWords(state.seed)} with layers ${state.layers.join(" to ")} of ${seedWords(state.other)}`;
    default:
      return typeof state.seed === "string" ? state.seed : `Sample ${state.seed}`;
  }
}

/**
 * @param {Seed} seed
 * @returns {string}
 */
export function seedWords(seed) {
  return typeof seed === "number" ? seed.toLocaleString("en", { useGrouping: false }) : seed;
}

/**
 * The seed that a person wrote.
 * @param {string} text
 * @returns {Seed | null} null where it is none
 */
export function readSeed(text) {
  const trimmed = text.trim();
  if (/^@[\w-]{1,64}$/.test(trimmed)) {
    return trimmed;
  }
  return /^\d{1,10}$/.test(trimmed) && Number(trimmed) <= LARGEST_SEED ? Number(trimmed) : null;
}

/**
 * @param {number} number
 * @returns {number} the same, or the nearest that is a sample's
 */
export function numbered(number) {
  return Math.min(LARGEST_SEED, Math.max(0, number));
}

/** @returns {number} the number of a sample, any of the first million */
export function randomSeed() {
  return Math.floor(Math.random() * 1_000_000);
}

/**
 * Another state where one strength is changed.
 * @param {State} state
 * @param {string} axes
 * @param {number} index
 * @param {Partial<Move>} change
 * @returns {Move[]} those that are not 0, and those that are only told layers
 */
export function withMove(state, axes, index, change) {
  const same = (/** @type {Move} */ move) => move.axes === axes && move.index === index;
  const known = state.moves.find(same) ?? { axes, index, strength: 0, layers: null };
  const moved = { ...known, ...change };
  const others = state.moves.filter((move) => !same(move));
  return moved.strength === 0 && moved.layers === null ? others : [...others, moved];
}
