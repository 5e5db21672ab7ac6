// @ts-check
import { alarm, h } from "../../studio/static/core/dom.js";
import { read, written } from "./address.js";
import { choices } from "./choices.js";
import { cloud } from "./cloud.js";
import { Engine } from "./engine.js";
import { Generator } from "./generator.js";
import { bigPicture } from "./picture.js";
import { plane } from "./plane.js";
import { sampleChoice } from "./sample.js";
import { saving } from "./saving.js";
import { directions, truncation } from "./sliders.js";
import { Store, settled } from "./store.js";
import { strip } from "./strip.js";
import { Turns } from "./turns.js";
/** @import { Description } from "./types.js" */

const QUICK = 60; // milliseconds a picture, up to which there is time for small ones everywhere

/**
 * What the parts of the page share.
 * @typedef {object} Page
 * @property {Description} model
 * @property {Generator} generator
 * @property {Store} store
 * @property {Turns} turns
 * @property {boolean} quick Whether there is time for small pictures everywhere.
 * @property {HTMLCanvasElement | null} canvas The big picture.
 * @property {HTMLCanvasElement | null} strip
 * @property {(milliseconds: number) => void} paced Notes how long a picture took.
 */

/**
 * What stands in a part of the page's file.
 * @param {string} id
 * @returns {string}
 */
function stored(id) {
  const place = document.getElementById(id);
  const text = place?.textContent ?? "";
  place?.remove();
  return text.trim();
}

/** Dark where the system is. */
function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = () => (document.documentElement.dataset.theme = dark.matches ? "dark" : "light");
  dark.addEventListener("change", show);
  show();
}

/**
 * Open the page's networks.
 * @param {Description} model
 * @returns {Promise<Engine>}
 */
async function opened(model) {
  const engine = new Engine(stored("worker"));
  const networks = Object.fromEntries(model.networks.map(({ name }) => [name, stored(`network-${name}`)]));
  await engine.open({ runtime: stored("runtime"), glue: stored("glue"), wasm: stored("wasm"), networks });
  return engine;
}

/**
 * How long a picture takes; the first one, for which memory is made, does not count.
 * @param {Generator} generator
 * @param {Store} store
 * @returns {Promise<number>} Milliseconds.
 */
async function measured(generator, store) {
  const { truncation: amount } = store.state;
  const latent = await generator.place(store.state);
  await generator.picture(latent, amount);
  return (await generator.picture(latent, amount)).milliseconds;
}

/**
 * Build the page.
 * @param {Description} model
 */
async function open(model) {
  const root = /** @type {HTMLElement} */ (document.getElementById("page"));
  const generator = new Generator(model, await opened(model));
  const store = new Store(read(model, location.hash));
  const pictured = model.kind === "image";
  const pace = document.getElementById("pace");
  /** @type {Page} */
  const page = {
    model,
    generator,
    store,
    turns: new Turns(),
    quick: pictured && (await measured(generator, store)) <= QUICK,
    canvas: null,
    strip: null,
    paced: (milliseconds) => pace?.replaceChildren(`${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms a picture`),
  };
  const stage = pictured ? bigPicture(page) : cloud(page);
  const way = strip(page, { drawn: pictured });
  const left = h("div", { class: "stage" }, stage, saving(page));
  const right = h("div", { class: "controls" }, sampleChoice(page), choices(page), truncation(page), plane(page));
  root.replaceChildren(left, right, way);
  const more = pictured && directions(page);
  if (more) {
    more.classList.add("card");
    way.before(more);
  }
  root.removeAttribute("aria-busy");
  const note = settled(400, () => history.replaceState(null, "", `#${written(model, store.state)}`));
  store.watch(note);
  addEventListener("hashchange", () => store.change(read(model, location.hash)));
}

followTheme();
open(JSON.parse(stored("model"))).catch((error) => {
  document
    .getElementById("waiting")
    ?.replaceChildren(
      "This browser cannot run the generator. It takes one with WebAssembly SIMD and DecompressionStream: Chromium from " +
        `110 on, Firefox from 115 on, Safari from 16.4 on. What it says: ${error.message}`,
    );
  alarm("The generator could not be started.");
});
