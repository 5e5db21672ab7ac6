// @ts-check
/** Directions that samples change along, as sliders; names that a person gives them stay in this browser. */

import { fill, h } from "../core/dom.js";
import { percent } from "../core/words.js";
import { withMove } from "./state.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").Axes} Axes */
/** @typedef {import("./state.js").State} State */

const REACH = 4; // standard deviations of the latents
const METHODS = { pca: "Principal components", sefa: "SeFa" };

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part}
 */
export function makeDirections(kit) {
  const { model, scene, client } = kit;
  /** @type {Axes | null} */
  let axes = null;
  /** @type {ReturnType<typeof makeSlider>[]} */
  let sliders = [];
  const list = h("div", { class: "directions" });
  const busy = h("p", { class: "soft small", role: "status" },
    "What samples change along: found by looking at many of them, or by the weights alone.");
  const reset = h("button", { class: "quiet", data: { testid: "reset-directions" },
    on: { click: () => scene.set({ moves: [] }) } }, "Reset");
  const picks = h("div", { class: "picks", role: "group", "aria-label": "Directions" });
  const element = h("div", { class: "stack close-stack" },
    h("div", { class: "row" }, h("h3", null, "Directions"), picks, reset),
    busy, list);

  const open = (/** @type {Axes} */ chosen) => {
    axes = chosen;
    sliders = Array.from({ length: chosen.count }, (_, index) => makeSlider(kit, chosen, index));
    fill(list, sliders.map((slider) => slider.element));
    busy.textContent = "";
    show(scene.state);
  };
  const find = async (/** @type {"pca" | "sefa"} */ method) => {
    const { space } = scene.state;
    busy.textContent = `Looking for directions${method === "pca" ? " among 2,000 samples" : ""} …`;
    try {
      const found = await client.ask("directions", { method, space, count: 10 }, kit.left);
      if (!model.directions.some((one) => one.name === found.name)) {
        model.directions.push(found);
      }
      open(found);
      kit.well();
    } catch (error) {
      if (!kit.left.aborted) {
        kit.fail(/** @type {Error} */ (error));
      }
    }
    busy.textContent = "";
  };
  const draw = (/** @type {State} */ { space }) => {
    const saved = model.directions.filter((one) => one.space === space && one.method === null);
    const pressed = (/** @type {boolean} */ is) => ({ "aria-pressed": String(is) });
    fill(picks, Object.entries(METHODS).map(([method, words]) => h("button", { class: "pick", ...pressed(
      axes?.method === method && axes.space === space), data: { testid: `find-${method}` },
    on: { click: () => find(/** @type {"pca" | "sefa"} */ (method)) } }, words)), saved.map((one) => h("button", {
      class: "pick", ...pressed(axes?.name === one.name), data: { testid: `axes-${one.name}` },
        on: { click: () => open(one) },
    }, one.name)));
  };
  let drawn = "";
  /** @type {string | undefined} */
  let followed;
  const show = (/** @type {State} */ state) => {
    const wanted = state.moves.at(-1)?.axes; // what has moved last: by a slider, a link, or undoing
    const moved = wanted !== followed;
    followed = wanted;
    const known = moved && wanted !== undefined ? model.directions.find((one) => one.name === wanted)
      : axes === null && model.directions.find((one) => one.space === state.space);
    if (known && known.name !== axes?.name) {
      open(known);
      return;
    }
    if (axes && axes.space !== state.space) {
      axes = null;
      sliders = [];
      fill(list);
    }
    const key = `${state.space} ${axes?.name} ${model.directions.length}`;
    if (key !== drawn) {
      drawn = key;
      draw(state);
    }
    reset.hidden = !state.moves.length;
    sliders.forEach((slider) => slider.show(state));
  };
  return { element, show };
}

/**
 * @param {Kit} kit
 * @param {Axes} axes
 * @param {number} index
 */
function makeSlider({ model, scene }, axes, index) {
  const share = axes.shares?.[index];
  const set = (/** @type {number} */ strength, /** @type {boolean} */ settled) => scene.set({
    moves: withMove(scene.state, axes.name, index, { strength }) }, settled);
  const name = h("input", { class: "rename", "aria-label": `Name of direction ${index + 1}`, spellcheck: "false",
    value: nameOf(axes, index), data: { testid: `direction-name-${index}` }, on: { change: () => {
      rename(axes, index, name.value.trim());
      name.value = nameOf(axes, index);
      slider.setAttribute("aria-label", name.value);
    } } });
  const slider = h("input", { type: "range", min: String(-REACH), max: String(REACH), step: "0.05",
    "aria-label": nameOf(axes, index), data: { testid: `direction-${index}` },
    on: { input: () => set(Number(slider.value), false), change: () => set(Number(slider.value), true),
      dblclick: () => set(0, true) } });
  const value = h("output", { class: "number" });
  const depth = model.layers[axes.space] ?? 1;
  const layers = depth > 1 ? layerChoice(scene, axes, index, depth) : null;
  const element = h("div", { class: "direction" }, name, slider, value, h("span", { class: "soft small number",
    title: "How much of what varies it accounts for" }, share === undefined ? "" : percent(share)), layers?.element);
  return { element, show: (/** @type {State} */ state) => {
    const move = state.moves.find((one) => one.axes === axes.name && one.index === index);
    const strength = move?.strength ?? 0;
    slider.value = String(strength);
    slider.setAttribute("aria-valuetext", `${strength} standard deviations`);
    value.textContent = strength === 0 ? "0" : strength.toFixed(2).replace("-", "−");
    layers?.show(move?.layers ?? null);
  } };
}

/**
 * @param {Kit["scene"]} scene
 * @param {Axes} axes
 * @param {number} index
 * @param {number} depth
 */
function layerChoice(scene, axes, index, depth) {
  const third = Math.max(1, Math.floor(depth / 3));
  /** @type {[string, import("./state.js").Layers | null][]} */
  const parts = [["all layers", null], ["coarse layers", [0, third - 1]], ["middle layers", [third, depth - third - 1]],
    ["fine layers", [depth - third, depth - 1]]];
  const known = parts.filter(([, layers]) => layers === null || layers[0] <= layers[1]);
  for (let layer = 0; layer < depth; layer++) {
    known.push([`layer ${layer}`, [layer, layer]]);
  }
  const select = h("select", { class: "small", "aria-label": `Layers of direction ${index + 1}`,
    data: { testid: `direction-layers-${index}` }, on: { change: () => scene.set({ moves: withMove(scene.state,
      axes.name, index,
      { layers: known[Number(select.value)][1] }) }) } },
  known.map(([words, layers], at) => option(words, layers, at)));
  return { element: select, show: (/** @type {import("./state.js").Layers | null} */ layers) => {
    let at = known.findIndex(([, one]) => JSON.stringify(one) === JSON.stringify(layers));
    if (at < 0) {
      at = known.push(["layers", layers]) - 1; // of a link that somebody wrote
      select.append(option("layers", layers, at));
    }
    select.value = String(at);
  } };
}

/**
 * @param {string} words
 * @param {import("./state.js").Layers | null} layers
 * @param {number} at
 */
function option(words, layers, at) {
  const range = layers && layers[1] > layers[0] ? `${words}, ${layers[0]} to ${layers[1]}` : words;
  return h("option", { value: String(at) }, range);
}

/**
 * @param {Axes} axes
 * @param {number} index
 * @returns {string}
 */
function nameOf({ name }, index) {
  return namesOf(name)[index] ?? `Direction ${index + 1}`;
}

/**
 * @param {Axes} axes
 * @param {number} index
 * @param {string} wanted empty for the name that it had
 */
function rename({ name }, index, wanted) {
  const { [index]: _, ...others } = namesOf(name);
  localStorage.setItem(`zerosum.directions.${name}`, JSON.stringify(wanted ? { ...others, [index]: wanted } : others));
}

/**
 * @param {string} axes
 * @returns {{[index: number]: string}}
 */
function namesOf(axes) {
  try {
    return JSON.parse(localStorage.getItem(`zerosum.directions.${axes}`) ?? "{}") ?? {};
  } catch {
    return {};
  }
}
