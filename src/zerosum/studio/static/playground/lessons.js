// @ts-check
/** Guided lessons above the stage. */

import { h } from "../core/dom.js";

/**
 * @param {import("./types.js").Playground} playground
 * @returns {{element: HTMLElement, stop: () => void}}
 */
export function makeLessons(playground) {
  return { element: h("div", { hidden: !playground }), stop: () => undefined };
}
