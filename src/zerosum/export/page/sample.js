// @ts-check
import { h } from "../../studio/static/core/dom.js";
import { LARGEST_SEED } from "../../studio/static/random/random_state.js";
import { usual } from "./address.js";
/** @import { Page } from "./main.js" */

const LARGEST_DRAWN = 100_000; // numbers that a person can remember

/** @returns {number} A sample's number, drawn by the browser. */
export function anySeed() {
  return Math.floor(Math.random() * LARGEST_DRAWN);
}

/**
 * A field for a sample's number.
 * @param {string} id
 * @param {number} value
 * @param {(seed: number) => void} chosen
 * @returns {HTMLInputElement}
 */
export function seedField(id, value, chosen) {
  const field = h("input", { id, type: "number", min: 0, max: LARGEST_SEED, step: 1, value, data: { testid: id } });
  field.addEventListener("change", () => {
    const seed = Number(field.value);
    const good = field.value !== "" && Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED;
    field.setAttribute("aria-invalid", String(!good));
    if (good) {
      chosen(seed);
    }
  });
  return field;
}

/**
 * Which sample: its number, the next one, the one before, or any.
 * @param {Page} page
 * @returns {HTMLElement}
 */
export function sampleChoice({ model, store }) {
  const go = (/** @type {number} */ seed) => {
    const { corners, x, y, end, way } = usual(model, (seed + LARGEST_SEED + 1) % (LARGEST_SEED + 1));
    store.change({ corners, x, y, end, way });
  };
  const field = seedField("sample", store.state.corners[0], go);
  store.watch(({ corners }) => {
    field.value = String(corners[0]);
  });
  const step = (/** @type {number} */ by) => () => go(store.state.corners[0] + by);
  addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement && event.target.type === "number";
    if (event.key === "r" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      go(anySeed());
    }
  });
  return h(
    "section",
    { class: "sample" },
    h("label", { for: "sample" }, "Sample number"),
    h(
      "div",
      { class: "row" },
      field,
      h(
        "button",
        { type: "button", "aria-label": "The sample before", data: { testid: "before" }, on: { click: step(-1) } },
        "←",
      ),
      h(
        "button",
        { type: "button", "aria-label": "The next sample", data: { testid: "next" }, on: { click: step(1) } },
        "→",
      ),
      h(
        "button",
        {
          type: "button",
          class: "primary",
          "aria-keyshortcuts": "r",
          data: { testid: "random" },
          on: { click: () => go(anySeed()) },
        },
        "Random",
      ),
    ),
    h(
      "p",
      { class: "help" },
      "The same number is the same sample everywhere, in Python too. Key r draws one at random.",
    ),
  );
}
