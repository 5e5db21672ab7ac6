// @ts-check
/** One sample by its number. */

import { h } from "../core/dom.js";
import { makeBrowser } from "./browser.js";
import { iconButton, seedField } from "./kit.js";
import { commonOf, numbered, randomSeed } from "./state.js";

/** @typedef {import("./kit.js").Kit} Kit */

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part}
 */
export function makeSample(kit) {
  const { scene } = kit;
  const field = seedField({ label: "Sample", testid: "seed", onSeed: (seed) => scene.set({ seed }) });
  const browser = makeBrowser(kit, { name: "samples", label: "Samples", count: 30, columns: 10,
    onChoose: (seed) => scene.set({ seed }) });
  const element = h("div", { class: "stack" }, h("div", { class: "row" }, field.element,
    iconButton("left", "The sample before", "seed-back", () => step(kit, -1)),
    iconButton("right", "The next sample", "seed-next", () => step(kit, 1)),
    h("p", { class: "soft small" }, "The same number is the same sample everywhere, also in Python and in commands.")),
  browser.element);
  let known = scene.state.seed;
  return {
    element,
    show: (state, settled) => {
      field.show(state.seed);
      if (settled) {
        if (state.seed !== known && typeof state.seed === "number" && state.seed < 1e5) {
          browser.to(state.seed);
        }
        known = state.seed;
        browser.show(commonOf(state), (seed) => (seed === state.seed ? "" : null));
      }
    },
  };
}

/**
 * The next sample, or the one before.
 * @param {Kit} kit
 * @param {number} by
 */
export function step({ scene, say }, by) {
  const { seed } = scene.state;
  const next = typeof seed === "number" ? numbered(seed + by) : 0;
  scene.set({ seed: next });
  say(`Sample ${next}`);
}

/**
 * Any sample.
 * @param {Kit} kit
 */
export function anySample({ scene, say }) {
  const seed = randomSeed();
  scene.set({ seed });
  say(`Sample ${seed}`);
}
