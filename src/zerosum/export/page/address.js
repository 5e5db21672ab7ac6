// @ts-check
/** @import { Description, State, Wish } from "./types.js" */
import { LARGEST_SEED } from "../../studio/static/random/random_state.js";

/** How far a slider for a direction goes, in spreads of latents. */
export const REACH = 4;

/**
 * What is shown where an address says nothing: sample number `seed`, beside the three that follow it.
 * @param {Description} model
 * @param {number} seed
 * @returns {State}
 */
export function usual(model, seed) {
  return {
    corners: [0, 1, 2, 3].map((next) => (seed + next) % (LARGEST_SEED + 1)),
    x: 0,
    y: 0,
    end: (seed + 4) % (LARGEST_SEED + 1),
    way: null,
    wish: null,
    truncation: model.truncation?.neutral ?? 1,
    moves: model.directions.spread.map(() => 0),
  };
}

/**
 * An address's part behind the #: only what is not as usual, but always the sample's number.
 * @param {Description} model
 * @param {State} state
 * @returns {string} Such as "s=7&x=0.4&y=0.2&class=3".
 */
export function written(model, state) {
  const plain = usual(model, state.corners[0]);
  const parts = [`s=${state.corners[0]}`];
  const note = (/** @type {string} */ name, /** @type {unknown} */ value, /** @type {unknown} */ before) => {
    if (String(value) !== String(before)) {
      parts.push(`${name}=${encodeURIComponent(String(value)).replaceAll("%2C", ",")}`);
    }
  };
  note("corners", state.corners.slice(1), plain.corners.slice(1));
  note("x", short(state.x), 0);
  note("y", short(state.y), 0);
  note("end", state.end, plain.end);
  note("way", state.way === null ? "" : short(state.way), "");
  note("is", wishText(state.wish), "");
  note("truncation", short(state.truncation), short(plain.truncation));
  note("moves", state.moves.map(short), plain.moves);
  return parts.join("&");
}

/**
 * What an address says; whatever in it makes no sense is as usual.
 * @param {Description} model
 * @param {string} text What `written` gave, with or without its #.
 * @returns {State}
 */
export function read(model, text) {
  const said = new URLSearchParams(text.replace(/^#/, ""));
  const state = usual(model, number(said.get("s"), 0, LARGEST_SEED, 0, true));
  const corners = said.get("corners")?.split(",") ?? [];
  state.corners = state.corners.map((seed, i) =>
    i === 0 ? seed : number(corners[i - 1], 0, LARGEST_SEED, seed, true),
  );
  state.x = number(said.get("x"), 0, 1, 0);
  state.y = number(said.get("y"), 0, 1, 0);
  state.end = number(said.get("end"), 0, LARGEST_SEED, state.end, true);
  const way = number(said.get("way"), 0, 1, NaN);
  state.way = Number.isNaN(way) ? null : way;
  state.wish = wishOf(model, said.get("is") ?? "");
  if (model.truncation !== null) {
    state.truncation = number(said.get("truncation"), 0, model.truncation.largest, state.truncation);
  }
  const moves = said.get("moves")?.split(",") ?? [];
  state.moves = state.moves.map((_, i) => number(moves[i], -REACH, REACH, 0));
  return state;
}

/**
 * @param {Wish} wish
 * @returns {string} A class's index, or as in "2:1,5:0".
 */
function wishText(wish) {
  if (wish === null || typeof wish === "number") {
    return wish === null ? "" : String(wish);
  }
  return Object.entries(wish)
    .map(([index, value]) => `${index}:${value}`)
    .join(",");
}

/**
 * @param {Description} model
 * @param {string} text
 * @returns {Wish}
 */
function wishOf(model, text) {
  const count = model.known?.names.length ?? 0;
  if (text === "" || count === 0) {
    return null;
  }
  if (model.known?.kind === "classes") {
    const index = number(text, 0, count - 1, -1, true);
    return index < 0 ? null : index;
  }
  const pairs = text.split(",").map((part) => part.split(":"));
  const good = pairs.filter(
    ([index, value]) => Number(index) in (model.known?.names ?? []) && /^[01]$/.test(value ?? ""),
  );
  /** @type {{[attribute: number]: 0 | 1}} */
  const wish = {};
  for (const [index, value] of good) {
    wish[Number(index)] = value === "1" ? 1 : 0;
  }
  return good.length === 0 ? null : wish;
}

/**
 * @param {string | null | undefined} text
 * @param {number} least
 * @param {number} most
 * @param {number} otherwise
 * @param {boolean} [whole]
 * @returns {number} What the text says, if that is allowed.
 */
function number(text, least, most, otherwise, whole = false) {
  const value = text === null || text === undefined || text.trim() === "" ? NaN : Number(text);
  return value >= least && value <= most && (!whole || Number.isInteger(value)) ? value : otherwise;
}

/**
 * @param {number} value
 * @returns {number} With few digits.
 */
function short(value) {
  return Math.round(value * 1000) / 1000;
}
