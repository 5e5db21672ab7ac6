// @ts-check
/** What changes every picture: what it is told to be, how typical it is, and the space that is worked in. */

import { h } from "../core/dom.js";
import { makeTold } from "./told.js";

/** @typedef {import("./kit.js").Kit} Kit */

const MOST_TRUNCATION = 1.5;

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part & {any: boolean}} whether there is anything to choose
 */
export function makeControls(kit) {
  const { model, scene } = kit;
  const told = makeTold(kit, (condition) => scene.set({ condition }));
  const truncation = model.truncation ? makeTruncation(kit) : null;
  const space = model.spaces.length > 1 ? makeSpaces(kit) : null;
  const kind = { class: "Class", attributes: "Attributes", prompt: "In words" }[model.told?.kind ?? ""] ?? "";
  const element = h("div", { class: "choices" },
    told && h("div", { class: "stack close-stack" }, h("h3", null, kind), told.element), truncation?.element,
      space?.element);
  return {
    element,
    any: Boolean(told ?? truncation ?? space),
    show: (state) => {
      told?.show(state.condition);
      truncation?.show(state.truncation);
      space?.show(state.space);
    },
  };
}

/**
 * A smaller truncation makes samples more typical and less varied; none leaves them as they are.
 * @param {Kit} kit
 */
function makeTruncation({ scene }) {
  const slider = h("input", { type: "range", id: "truncation", min: "0", max: String(MOST_TRUNCATION), step: "0.01",
    data: { testid: "truncation" }, on: {
      input: () => scene.set({ truncation: Number(slider.value) }, false),
      change: () => scene.set({ truncation: Number(slider.value) }),
    } });
  const value = h("output", { for: "truncation" });
  const none = h("button", { class: "quiet small", data: { testid: "truncation-none" },
    on: { click: () => scene.set({ truncation: null }) } }, "Reset");
  const element = h("div", { class: "stack close-stack" }, h("div", { class: "row spread" },
    h("label", { for: "truncation" }, "Truncation"), h("span", { class: "row" }, value, none)), slider,
  h("p", { class: "soft small" }, "Smaller: more typical, less varied."));
  return { element, show: (/** @type {number | null} */ truncation) => {
    const words = truncation === null ? "none" : truncation.toFixed(2);
    slider.value = String(truncation ?? 1);
    slider.setAttribute("aria-valuetext", words);
    value.textContent = words;
    none.hidden = truncation === null;
  } };
}

/** @param {Kit} kit */
function makeSpaces({ model, scene }) {
  const words = { z: "z, of the prior", w: "w, the styles" };
  const buttons = model.spaces.map((space) => h("button", { class: "pick", data: { testid: `space-${space}` }, on: {
    // Directions are of one space, and so are layers.
    click: () => scene.set({ space, moves: [], layers: [0, 0], ...((model.layers[space] ?? 1) < 2
      && scene.state.tab === "mix" ? { tab: "sample" } : {}) }),
  } }, words[space]));
  const element = h("div", { class: "stack close-stack" }, h("h3", null, "Latents"),
    h("div", { class: "picks", role: "group", "aria-label": "Space of latents" }, buttons));
  return { element, show: (/** @type {string} */ space) => buttons.forEach((button, index) => {
    button.setAttribute("aria-pressed", String(model.spaces[index] === space));
  }) };
}
