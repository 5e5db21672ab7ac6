// @ts-check
/** The training pictures that are nearest to what is shown: whether it is new, or learned by heart. */

import { fill, h } from "../core/dom.js";
import { Latest } from "./latest.js";
import { placeOf } from "./state.js";
import { drawTile, tile } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */

const COUNT = 5;

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part}
 */
export function makeNearest(kit) {
  const { model, client, scene } = kit;
  const canvases = Array.from({ length: COUNT }, () => tile(model));
  const distances = canvases.map(() => h("span", { class: "soft small" }));
  const row = h("div", { class: "neighbours", role: "img", "aria-label": "Nearest training pictures", hidden: true },
    canvases.map((canvas, index) => h("div", { class: "neighbour" }, canvas, distances[index])));
  const words = h("p", { class: "soft small", role: "status" });
  const element = h("details", { class: "card", data: { testid: "nearest" },
    on: { toggle: () => show(scene.state, true) } },
    h("summary", null, "Nearest training pictures"), h("div", { class: "stack close-stack" }, row, words));

  const latest = new Latest(async (/** @type {object} */ place, signal) => {
    if (row.hidden) {
      words.textContent = "Comparing with the training pictures …";
    }
    const response = await client.send("nearest", { places: [place], count: COUNT }, signal);
    return { bitmap: await createImageBitmap(await response.blob()),
      apart: /** @type {number[][]} */ (JSON.parse(response.headers.get("X-Distances") ?? "[[]]"))[0] };
  }, ({ bitmap, apart }) => {
    const tiles = { bitmap, columns: COUNT + 1, told: [] };
    canvases.forEach((canvas, index) => drawTile(canvas, tiles, index + 1)); // the first tile is the sample itself
    bitmap.close();
    distances.forEach((distance, index) => fill(distance, apart[index]?.toFixed(1) ?? ""));
    row.hidden = false;
    row.setAttribute("aria-label",
      `The ${apart.length} nearest training pictures are ${apart.join(", ")} levels away.`);
    words.textContent = "Root mean square difference of pixels, of 255 levels. Copies have about 0.";
    element.dataset.drawn = "true";
    kit.well();
  }, (error) => {
    row.hidden = true;
    words.textContent = error.message;
  });
  kit.left.addEventListener("abort", () => latest.stop());
  let drawn = "";
  const show = (/** @type {import("./state.js").State} */ state, /** @type {boolean} */ settled) => {
    const place = placeOf(state);
    const key = JSON.stringify(place);
    if (element.open && settled && key !== drawn) {
      drawn = key;
      latest.ask(place);
    }
  };
  return { element, show };
}
