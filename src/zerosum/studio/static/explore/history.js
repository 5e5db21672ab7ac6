// @ts-check
/** Undo and redo, as buttons and as keys. */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { onKey } from "../core/keys.js";

/**
 * @template {object} State
 * @param {import("./scene.js").Scene<State>} scene
 * @param {(text: string) => void} say
 * @returns {{element: HTMLElement, keys: () => (() => void)[], show: () => void}} keys: gives z and y their meaning;
 *   what it gives back takes it away
 */
export function makeHistory(scene, say) {
  const undo = () => say(scene.undo() ? "Undone" : "There is nothing to undo");
  const redo = () => say(scene.redo() ? "Done again" : "There is nothing to do again");
  const back = h("button", { class: "quiet icon", title: "Undo (z)", "aria-label": "Undo", data: { testid: "undo" },
    on: { click: undo } }, icon("undo"));
  const again = h("button", { class: "quiet icon", title: "Redo (y)", "aria-label": "Redo", data: { testid: "redo" },
    on: { click: redo } }, icon("redo"));
  return {
    element: h("span", { class: "row" }, back, again),
    keys: () => [onKey("z", "undo", undo), onKey("y", "redo", redo)],
    show: () => {
      back.disabled = !scene.before.length;
      again.disabled = !scene.after.length;
    },
  };
}
