// @ts-check
import { announce, h } from "../../studio/static/core/dom.js";
import { LARGEST_SEED } from "../../studio/static/random/random_state.js";
import { Scatter } from "./scatter.js";
import { differ, settled } from "./store.js";
import { placeText, signed } from "./words.js";
/** @import { Page } from "./main.js" */
/** @import { Latent } from "./types.js" */

const COUNTS = [1000, 4000, 16000];
const STEPS = 48; // of a line
const LINES = 8; // from one side of the plane to the other

/**
 * Many samples of a model of points, the chosen one, and where the plane or the way between samples comes to lie.
 * @param {Page} page
 * @returns {HTMLElement}
 */
export function cloud(page) {
  const { generator, model, store, turns } = page;
  const scatter = new Scatter(model, { role: "img", class: "big", data: { testid: "picture" } });
  const caption = h("figcaption", { data: { testid: "caption" } });
  const count = h(
    "select",
    { id: "count", data: { testid: "count" } },
    COUNTS.map((n) => h("option", { value: n, selected: n === COUNTS[1] }, n.toLocaleString("en"))),
  );
  const say = settled(600, () => announce(caption.textContent ?? ""));

  const many = settled(60, () => {
    void turns.ask("cloud", 2, async () => {
      const { corners, truncation, wish } = store.state;
      /** @type {Latent[]} */
      const latents = [];
      for (let i = 0; i < Number(count.value); i += 1) {
        latents.push(await generator.at((corners[0] + i) % (LARGEST_SEED + 1), wish));
      }
      scatter.show({ samples: await generator.points(latents, truncation) });
    });
  });

  const lines = settled(60, () => {
    void turns.ask("lines", 1, async () => {
      const { corners, end, truncation, way, wish } = store.state;
      const along = Array.from({ length: STEPS + 1 }, (_, i) => i / STEPS);
      const across = Array.from({ length: LINES + 1 }, (_, i) => i / LINES);
      const onPlane = (/** @type {number} */ x, /** @type {number} */ y) => generator.onPlane(corners, x, y, wish);
      const places =
        way === null
          ? [
              ...across.flatMap((x) => along.map((y) => onPlane(x, y))),
              ...across.flatMap((y) => along.map((x) => onPlane(x, y))),
            ]
          : along.map((place) => generator.onWay(corners[0], end, place, wish));
      const points = await generator.points(await Promise.all(places), truncation);
      scatter.show({ lines: points, steps: along.length });
    });
  });

  const one = () => {
    void turns.ask("picture", 0, async () => {
      const { state } = store;
      const latent = await generator.place(state);
      const point = await generator.points([latent], state.truncation);
      const place = [...point].map((value) => signed(value, 3)).join(", ");
      caption.textContent = `${placeText(model, state, latent.told)}: (${place})`;
      const what = `${count.value} samples from number ${state.corners[0]} on`;
      scatter.canvas.setAttribute("aria-label", `${what}. ${caption.textContent}`);
      scatter.show({ one: point });
      say();
    });
  };

  count.addEventListener("change", many);
  store.watch((state, before) => {
    const all = differ(state, before, ["corners", "wish", "truncation"]);
    if (all) {
      many();
    }
    if (all || state.end !== before.end || (state.way === null) !== (before.way === null)) {
      lines();
    }
    one();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => scatter.show({})));
  many();
  lines();
  one();
  page.canvas = scatter.canvas;
  const choice = h("p", { class: "row" }, h("label", { for: "count" }, "Samples shown"), count);
  return h("figure", { class: "picture" }, h("div", { class: "frame plain" }, scatter.canvas), caption, choice);
}
