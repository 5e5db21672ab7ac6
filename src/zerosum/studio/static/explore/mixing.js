// @ts-check
/** Style mixing: some layers of one sample, all others of another (Karras et al. 2019, arXiv:1812.04948, Sec. 3.1). */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { seedField } from "./kit.js";
import { commonOf } from "./state.js";
import { latestTiles, tile } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").State} State */

const DOWN = 4;
const ACROSS = 6;

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part}
 */
export function makeMixing(kit) {
  const { model, scene } = kit;
  const field = seedField({ label: "Sample", testid: "mix-seed", onSeed: (seed) => scene.set({ seed }) });
  const other = seedField({ label: "takes from", testid: "mix-other", onSeed: (seed) => scene.set({ other: seed }) });
  const layers = ["layers", "to"].map((label, at) => {
    const select = h("select", { data: { testid: `mix-layer-${at}` }, on: { change: () => {
      const value = Number(select.value);
      const [first, last] = scene.state.layers;
      scene.set({ layers: at ? [Math.min(first, value), value] : [value, Math.max(last, value)] });
    } } });
    return { select, element: h("label", { class: "field inline" }, label, select) };
  });
  let first = 0;
  const canvases = Array.from({ length: (DOWN + 1) * (ACROSS + 1) - 1 }, () => tile(model));
  const buttons = canvases.map((canvas, index) => h("button",
    { class: "strip-cell", data: { testid: `mix-${index + 1}` },
    on: { click: () => choose(index + 1) } }, canvas));
  const matrix = h("div", { class: "matrix", role: "group", "aria-label": "Mixing matrix" }, h("span"), buttons);
  const turn = (/** @type {number} */ by) => {
    first = Math.max(0, first + by);
    show(scene.state, true);
  };
  const element = h("div", { class: "stack" }, h("div", { class: "row" }, field.element, other.element,
    layers.map((one) => one.element)),
  h("p", { class: "soft small" }, "Coarse layers come first. Each picture of the matrix has the layers of the sample ",
    "above it, and all others of the one on its left."),
  matrix, h("div", { class: "row" }, h("button", { data: { testid: "mix-back" },
    on: { click: () => turn(-DOWN - ACROSS) } },
    icon("left"), "Before"), h("button", { data: { testid: "mix-more" }, on: { click: () => turn(DOWN + ACROSS) } },
    "Other samples", icon("right"))));

  const samples = () => ({
    above: Array.from({ length: ACROSS }, (_, index) => first + DOWN + index),
    left: Array.from({ length: DOWN }, (_, index) => first + index),
  });
  const choose = (/** @type {number} */ index) => {
    const [row, column] = [Math.floor(index / (ACROSS + 1)), index % (ACROSS + 1)];
    const { above, left } = samples();
    scene.set({ ...(row ? { seed: left[row - 1] } : {}), ...(column ? { other: above[column - 1] } : {}) });
  };
  const latest = latestTiles(kit, "mix", ACROSS + 1, canvases, matrix, 1);
  let drawn = "";
  const show = (/** @type {State} */ state, /** @type {boolean} */ settled) => {
    field.show(state.seed);
    other.show(state.other);
    const depth = model.layers[state.space] ?? 1;
    layers.forEach(({ select }, at) => {
      fill(select, Array.from({ length: depth }, (_, layer) => h("option", { value: String(layer) }, String(layer))));
      select.value = String(state.layers[at]);
    });
    if (!settled) {
      return;
    }
    const { above, left } = samples();
    const common = commonOf(state);
    const cells = [null, ...left].map((row) => [null, ...above].map((column) => {
      const mix = row !== null && column !== null ? { mix: { seed: column, layers: state.layers } } : {};
      return { ...common, latent: { seed: row ?? column ?? above[0] }, ...mix };
    })).flat();
    buttons.forEach((button, index) => {
      const [row, column] = [Math.floor((index + 1) / (ACROSS + 1)), (index + 1) % (ACROSS + 1)];
      const words = row && column ? `Sample ${left[row - 1]} with layers of ${above[column - 1]}`
        : `Sample ${row ? left[row - 1] : above[column - 1]}`;
      button.setAttribute("aria-label", words);
      button.title = words;
      button.setAttribute("aria-pressed", String(row > 0 && column > 0 && left[row - 1] === state.seed
        && above[column - 1] === state.other));
    });
    const key = JSON.stringify(cells);
    if (key !== drawn) {
      drawn = key;
      latest.ask(cells);
    }
  };
  return { element, show };
}
