// @ts-check
import { h } from "../../studio/static/core/dom.js";
import { REACH } from "./address.js";
import { settled } from "./store.js";
import { Tiles } from "./tiles.js";
import { percent, signed } from "./words.js";
/** @import { Page } from "./main.js" */
/** @import { State } from "./types.js" */

const SMALL = 40; // pixels of a picture beside a slider, at most
const SHOWN = 3; // how far along its direction the picture beside a slider is

const NOTES = {
  pca: "What varies most from sample to sample. The share is of all that varies.",
  sefa: "What the generator's first layers stretch most. The share is of all that they stretch.",
};

/**
 * A slider that says what it stands at.
 * @param {string} id
 * @param {string} label
 * @param {{min: number, max: number, step: number}} range
 * @param {(value: number) => void} chosen
 */
function slider(id, label, range, chosen) {
  const input = h("input", { id, type: "range", ...range, data: { testid: id } });
  const output = h("output", { for: id });
  input.addEventListener("input", () => chosen(Number(input.value)));
  const show = (/** @type {number} */ value, /** @type {string} */ text) => {
    input.value = String(value);
    input.setAttribute("aria-valuetext", text);
    output.textContent = text;
  };
  return { input, output, show, label: h("label", { for: id }, label) };
}

/**
 * How typical samples are.
 * @param {Page} page
 * @returns {HTMLElement | null} Nothing for a model that knows no truncation.
 */
export function truncation({ model, store }) {
  const range = model.truncation;
  if (range === null) {
    return null;
  }
  // What cuts latents off at a bound cuts nothing off from some bound on, which is the slider's end.
  const { neutral, largest } = range;
  const value = (/** @type {number} */ at) => (neutral > largest && at >= largest ? neutral : at);
  const parts = slider("truncation", "Truncation", { min: 0, max: largest, step: 0.05 }, (at) =>
    store.change({ truncation: value(at) }),
  );
  const show = (/** @type {State} */ state) => {
    const none = state.truncation === neutral;
    parts.show(Math.min(state.truncation, largest), none ? "none" : state.truncation.toFixed(2));
  };
  store.watch(show);
  show(store.state);
  return h(
    "section",
    { class: "direction" },
    h("div", { class: "row spread" }, parts.label, parts.output),
    parts.input,
    h("p", { class: "help" }, "Smaller is more typical and less varied."),
  );
}

/**
 * A slider for each direction, between pictures of what it does.
 * @param {Page} page
 * @returns {HTMLElement | null} Nothing for a model without directions.
 */
export function directions(page) {
  const { model, store } = page;
  const count = model.directions.spread.length;
  if (count === 0) {
    return null;
  }
  const reset = h(
    "button",
    {
      type: "button",
      class: "quiet",
      data: { testid: "reset" },
      on: { click: () => store.change({ moves: store.state.moves.map(() => 0) }) },
    },
    "Reset all",
  );
  const rows = model.directions.spread.map((_, index) => direction(page, index));
  const show = (/** @type {State} */ { moves }) => {
    reset.disabled = moves.every((strength) => strength === 0);
  };
  store.watch(show);
  show(store.state);
  const note = h("p", { class: "help" }, NOTES[model.directions.method]);
  return h(
    "section",
    { class: "directions" },
    h("div", { class: "row spread" }, h("h2", null, "Directions"), reset),
    rows,
    note,
  );
}

/**
 * @param {Page} page
 * @param {number} index
 * @returns {HTMLElement}
 */
function direction(page, index) {
  const { model, store } = page;
  const parts = slider(
    `direction-${index}`,
    `Direction ${index + 1}`,
    { min: -REACH, max: REACH, step: 0.1 },
    (strength) => store.change({ moves: store.state.moves.with(index, strength) }),
  );
  const show = (/** @type {State} */ { moves }) => parts.show(moves[index], signed(moves[index], 1));
  store.watch(show);
  show(store.state);
  const share = h("span", { class: "share" }, percent(model.directions.shares[index]));
  const ends = page.quick ? [-SHOWN, SHOWN].map((strength) => preview(page, index, strength)) : [];
  const [less, more] = ends;
  return h(
    "div",
    { class: `direction ${page.quick ? "shown" : ""}` },
    h("div", { class: "row spread" }, h("span", null, parts.label, " ", share), parts.output),
    h("div", { class: "ends" }, less, parts.input, more),
  );
}

/**
 * A small picture of where a direction leads.
 * @param {Page} page
 * @param {number} index
 * @param {number} strength
 * @returns {HTMLCanvasElement}
 */
function preview({ generator, model, store, turns }, index, strength) {
  const tile = new Tiles(model.shape, 1, 1, SMALL * 2, { class: "preview", "aria-hidden": "true" });
  const draw = settled(250, () => {
    void turns.ask(`preview ${index} ${strength}`, 5, async () => {
      const { state } = store;
      const latent = await generator.place({ ...state, moves: state.moves.with(index, strength) });
      const { picture } = await generator.picture(latent, state.truncation);
      tile.set(picture, 0, 0);
    });
  });
  store.watch(draw);
  draw();
  return tile.canvas;
}
