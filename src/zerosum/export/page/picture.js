// @ts-check
import { announce, h } from "../../studio/static/core/dom.js";
import { Tiles } from "./tiles.js";
import { settled } from "./store.js";
import { placeText } from "./words.js";
/** @import { Page } from "./main.js" */

/**
 * The big picture.
 * @param {Page} page
 * @returns {HTMLElement}
 */
export function bigPicture(page) {
  const { model, generator, store, turns } = page;
  const one = new Tiles(model.shape, 1, 1, Infinity, { role: "img", class: "big", data: { testid: "picture" } });
  one.canvas.classList.toggle("transparent", model.shape[0] % 2 === 0);
  const caption = h("figcaption", { data: { testid: "caption" } });
  const say = settled(600, () => announce(caption.textContent ?? ""));

  function paint() {
    void turns.ask("picture", 0, async () => {
      const { state } = store; // as it is now, not as it was when the turn was asked for
      const latent = await generator.place(state);
      const { picture, milliseconds } = await generator.picture(latent, state.truncation);
      one.set(picture, 0, 0);
      caption.textContent = placeText(model, state, latent.told);
      one.canvas.setAttribute("aria-label", `The picture: ${caption.textContent}`);
      page.paced(milliseconds);
    });
  }

  store.watch(() => {
    paint();
    say();
  });
  paint();
  page.canvas = one.canvas;
  return h("figure", { class: "picture" }, h("div", { class: "frame" }, one.canvas), caption);
}
