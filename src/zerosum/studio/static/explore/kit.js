// @ts-check
/** What all parts of the page share. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { readSeed, seedWords } from "./state.js";

/** @typedef {import("./state.js").Seed} Seed */

/**
 * @typedef {object} Base of the pages for all kinds of models
 * @property {import("./state.js").Model} model
 * @property {import("./client.js").Client} client
 * @property {(text: string) => void} say tells who cannot see it, at once
 * @property {(error: Error) => void} fail shows what went wrong; the next thing that goes well takes it away
 * @property {() => void} well takes it away
 * @property {AbortSignal} left aborted when the page is left
 */

/**
 * @typedef {Base & {scene: import("./scene.js").Scene<import("./state.js").State>, pace: number,
 *   keep: (names: string[]) => void}} Kit of models of pictures; pace: milliseconds that a picture takes at best, 0
 *   before there was one; keep: tells all parts under which names something is kept
 */

/** @typedef {{element: HTMLElement, show: (state: import("./state.js").State, settled: boolean) => void}} Part */

/**
 * A button that is a picture.
 * @param {import("../core/icons.js").IconName} name
 * @param {string} label
 * @param {string} testid
 * @param {() => void} click
 * @returns {HTMLButtonElement}
 */
export function iconButton(name, label, testid, click) {
  return h("button", { class: "icon", title: label, "aria-label": label, data: { testid }, on: { click } }, icon(name));
}

/**
 * A field for a sample's number, or the name of what is kept.
 * @param {object} options
 * @param {string} options.label
 * @param {string} options.testid
 * @param {(seed: Seed) => void} options.onSeed
 * @param {boolean} [options.bare] whether the label is for screen readers only
 * @param {boolean} [options.named] whether names are seeds too
 * @returns {{element: HTMLElement, show: (seed: Seed) => void}}
 */
export function seedField({ label, testid, onSeed, bare = false, named = true }) {
  const input = h("input", { class: "seed", inputmode: "numeric", list: named && "kept", autocomplete: "off",
    spellcheck: "false", "aria-label": bare && label, data: { testid }, on: { change: () => {
      const read = readSeed(input.value);
      const seed = named || typeof read === "number" ? read : null;
      input.setAttribute("aria-invalid", String(seed === null));
      if (seed !== null) {
        onSeed(seed);
      }
    }, focus: () => input.select() } });
  const show = (/** @type {Seed} */ seed) => {
    if (document.activeElement !== input || readSeed(input.value) !== seed) {
      input.value = seedWords(seed);
      input.setAttribute("aria-invalid", "false");
    }
  };
  return { element: bare ? input : h("label", { class: "field inline" }, label, input), show };
}

/**
 * A button that starts and ends an animation; it ends by itself when the page is left.
 * @param {Base} kit
 * @param {object} options
 * @param {string} options.testid
 * @param {import("../core/dom.js").Child[]} options.still what it says while nothing moves
 * @param {import("../core/dom.js").Child[]} options.moving
 * @param {(seconds: number) => void} options.step
 * @param {() => void} options.end
 * @returns {{element: HTMLButtonElement, stop: () => void}}
 */
export function animation({ left }, { testid, still, moving, step, end }) {
  let frame = 0;
  const element = h("button", { "aria-pressed": "false", data: { testid },
    on: { click: () => (frame ? stop() : start()) } },
    still);
  const paint = () => {
    element.setAttribute("aria-pressed", String(frame !== 0));
    fill(element, frame ? moving : still);
  };
  const start = () => {
    let before = performance.now();
    const turn = (/** @type {number} */ now) => {
      frame = requestAnimationFrame(turn);
      step(Math.min(0.1, Math.max(0, now - before) / 1000));
      before = now;
    };
    frame = requestAnimationFrame(turn);
    paint();
  };
  const stop = () => {
    if (frame) {
      cancelAnimationFrame(frame);
      frame = 0;
      paint();
      end();
    }
  };
  left.addEventListener("abort", () => cancelAnimationFrame(frame));
  return { element, stop };
}
