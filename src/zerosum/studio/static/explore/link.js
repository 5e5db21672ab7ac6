// @ts-check
/** States as the query of an address, and back: `#/run/ID/explore?s=7&psi=.7` is all that somebody has to be sent. */

import { begin, readSeed, seedWords } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Seed} Seed */
/** @typedef {import("./state.js").Layers} Layers */
/** @typedef {import("./state.js").Model} Model */
/** @typedef {import("./state.js").Move} Move */

const TRAYS = ["a", "b", "c"];
const MOST_FRAMES = 240;

/**
 * @param {State} state
 * @param {Model} model
 * @returns {URLSearchParams} what differs from where one begins, and what the shown place is made of
 */
export function queryOf(state, model) {
  const query = new URLSearchParams();
  const list = (/** @type {Seed[]} */ seeds) => seeds.map(seedWords).join(",");
  if (state.tab === "plane") {
    query.set("plane", list(state.corners));
    query.set("x", short(state.x));
    query.set("y", short(state.y));
  } else if (state.tab === "way") {
    query.set("way", list(state.ends));
    query.set("t", short(state.t));
    query.set("frames", String(state.frames));
    if (state.closed) {
      query.set("loop", "1");
    }
  } else if (state.tab === "arithmetic") {
    query.set("tab", "arithmetic");
    TRAYS.forEach((name, tray) => state.trays[tray].length && query.set(name, list(state.trays[tray])));
    if (state.near) {
      query.set("near", `${state.near.seed}:${short(state.near.amount)}`);
    }
  } else {
    query.set("s", seedWords(state.seed));
  }
  if (state.tab === "mix") {
    query.set("mix", seedWords(state.other));
    query.set("layers", state.layers.join("-"));
  }
  if (state.tab === "photo") {
    query.set("tab", "photo");
  }
  if (state.space !== model.spaces[0]) {
    query.set("space", state.space);
  }
  if (state.condition !== null) {
    query.set("told", state.condition);
  }
  if (state.truncation !== null) {
    query.set("psi", short(state.truncation));
  }
  for (const { axes, index, strength, layers } of state.moves) {
    query.append("move", `${axes}:${index}=${short(strength)}${layers ? `@${layers.join("-")}` : ""}`);
  }
  return query;
}

/**
 * The state that a query says; what it does not say, or says wrongly, is as where one begins.
 * @param {URLSearchParams} query
 * @param {Model} model
 * @returns {State}
 */
export function stateOf(query, model) {
  const state = begin(model);
  const space = query.get("space");
  if (space === "z" || space === "w") {
    state.space = model.spaces.includes(space) ? space : state.space;
  }
  const seed = readSeed(query.get("s") ?? "");
  if (seed !== null) {
    state.tab = "sample";
    state.seed = seed;
  }
  readTab(state, query);
  const mix = readSeed(query.get("mix") ?? "");
  const layers = readLayers(query.get("layers"), (model.layers[state.space] ?? 1) - 1);
  if (mix !== null && layers !== null) {
    Object.assign(state, { tab: "mix", other: mix, layers });
  }
  if (query.get("tab") === "photo" && model.invert) {
    state.tab = "photo";
  }
  state.condition = model.told ? query.get("told") : null;
  state.truncation = model.truncation && query.has("psi") ? readNumber(query.get("psi"), 0, 10, 1) : null;
  state.moves = query.getAll("move").flatMap((text) => readMove(text) ?? []);
  return state;
}

/**
 * @param {State} state is changed
 * @param {URLSearchParams} query
 */
function readTab(state, query) {
  const corners = readSeeds(query.get("plane"));
  if (corners.length === 4) {
    state.tab = "plane";
    state.corners = corners;
    state.x = readNumber(query.get("x"), 0, 1, state.x);
    state.y = readNumber(query.get("y"), 0, 1, state.y);
  }
  const ends = readSeeds(query.get("way"));
  if (ends.length === 2) {
    state.tab = "way";
    state.ends = ends;
    state.t = readNumber(query.get("t"), 0, 1, state.t);
    state.frames = Math.round(readNumber(query.get("frames"), 2, MOST_FRAMES, state.frames));
    state.closed = query.get("loop") === "1";
  }
  if (query.get("tab") === "arithmetic" || TRAYS.some((name) => query.has(name))) {
    state.tab = "arithmetic";
    state.trays = TRAYS.map((name) => readSeeds(query.get(name)));
    const near = /^(\d{1,10}):([\d.]+)$/.exec(query.get("near") ?? "");
    state.near = near && { seed: Number(near[1]), amount: readNumber(near[2], 0, 1, 0.2) };
  }
}

/**
 * @param {string | null} text
 * @returns {Seed[]}
 */
function readSeeds(text) {
  return (text ?? "").split(",").flatMap((part) => readSeed(part) ?? []);
}

/**
 * @param {string | null} text
 * @param {number} low
 * @param {number} high
 * @param {number} otherwise
 * @returns {number}
 */
function readNumber(text, low, high, otherwise) {
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : otherwise;
}

/**
 * @param {string | null} text
 * @param {number} last
 * @returns {Layers | null}
 */
function readLayers(text, last) {
  const found = /^(\d{1,3})-(\d{1,3})$/.exec(text ?? "");
  const layers = found && /** @type {Layers} */ ([Number(found[1]), Number(found[2])]);
  return layers && layers[0] <= layers[1] && layers[1] <= last ? layers : null;
}

/**
 * @param {string} text
 * @returns {Move | null}
 */
function readMove(text) {
  const found = /^([\w-]{1,64}):(\d{1,3})=(-?[\d.]+)(?:@(\d+-\d+))?$/.exec(text);
  return found && { axes: found[1], index: Number(found[2]), strength: readNumber(found[3], -100, 100, 0),
    layers: readLayers(found[4] ?? null, Infinity) };
}

/**
 * @param {number} value
 * @returns {string} as in ".7"
 */
function short(value) {
  return String(Math.round(value * 1e4) / 1e4).replace(/^(-?)0\./, "$1.");
}
