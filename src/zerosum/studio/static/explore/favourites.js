// @ts-check
/** Places that a person likes, kept in this browser by their links. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { Latest } from "./latest.js";
import { queryOf, stateOf } from "./link.js";
import { placeOf, wordsOf } from "./state.js";
import { drawTile, tile } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").Place} Place */

const MOST = 60;

/**
 * @param {Kit} kit
 * @returns {{element: HTMLElement, favour: () => void, show: () => void}}
 */
export function makeFavourites(kit) {
  const { model, scene, say } = kit;
  const key = `zerosum.explore.${model.id}`;
  const list = h("div", { class: "favourites" });
  const none = h("p", { class: "soft small" }, "Nothing yet. What you keep stays in this browser.");
  const element = h("details", { class: "card", open: true, data: { testid: "favourites" } },
    h("summary", null, "Favourites"), none, list);
  // One by one: what one stands on, such as a kept latent, may not be there any more.
  const latest = new Latest(async (/** @type {{place: Place, canvas: HTMLCanvasElement}[]} */ asked, signal) => {
    for (const { place, canvas } of asked) {
      try {
        const { bitmap } = await kit.client.picture("favourite", place, false, signal);
        drawTile(canvas, { bitmap, columns: 1, told: [] }, 0);
        bitmap.close();
      } catch {
        canvas.classList.add("blank");
      }
    }
  }, () => undefined, () => undefined);
  kit.left.addEventListener("abort", () => latest.stop());

  const read = () => {
    try {
      const queries = JSON.parse(localStorage.getItem(key) ?? "[]");
      return Array.isArray(queries) ? queries.filter((query) => typeof query === "string").slice(0, MOST) : [];
    } catch {
      return [];
    }
  };
  const write = (/** @type {string[]} */ queries) => {
    localStorage.setItem(key, JSON.stringify(queries.slice(0, MOST)));
    show();
  };
  const show = () => {
    const queries = read();
    const states = queries.map((query) => stateOf(new URLSearchParams(query), model));
    const canvases = states.map(() => tile(model));
    none.hidden = queries.length > 0;
    fill(list, states.map((state, index) => h("div", { class: "favourite" },
      h("button", { class: "strip-cell", title: wordsOf(state), "aria-label": wordsOf(state),
        data: { testid: `favourite-${index}` }, on: { click: () => scene.set(state) } }, canvases[index]),
      h("button", { class: "quiet icon away", "aria-label": `Remove ${wordsOf(state)}`,
        data: { testid: `unfavour-${index}` },
        on: { click: () => write(read().filter((query) => query !== queries[index])) } }, icon("close")))));
    latest.ask(states.map((state, index) => ({ place: placeOf(state), canvas: canvases[index] })));
  };
  return {
    element,
    show,
    favour: () => {
      const query = queryOf(scene.state, model).toString();
      write([query, ...read().filter((other) => other !== query)]);
      say("Kept in favourites");
    },
  };
}
