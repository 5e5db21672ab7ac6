// @ts-check
/** The big picture: what is at the place that everything else decides. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { saveAs } from "./client.js";
import { Latest } from "./latest.js";
import { placeOf, wordsOf } from "./state.js";
import { enlargement } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").Place} Place */
/** @typedef {{place: Place, exact: boolean}} Asked */

const LARGEST = 448; // CSS pixels of its longer side
const SETTLED = 120; // milliseconds without a change, after which the exact picture is asked for

/**
 * @param {Kit} kit
 * @param {HTMLElement} history buttons that stand beside its words
 * @returns {import("./kit.js").Part & {save: () => void}}
 */
export function makeStage(kit, history) {
  const { model, client, scene } = kit;
  const [height, width] = model.shape;
  const canvas = h("canvas", { class: "pixels", width, height, role: "img", "aria-label": "Generated picture",
    data: { testid: "picture" } });
  const frame = h("div", { class: "frame" }, canvas);
  const words = h("span", { data: { testid: "place-words" } });
  const told = h("span", { class: "chip", hidden: true, data: { testid: "told" } });
  const element = h("figure", { class: "card big-picture" }, frame, h("figcaption", { class: "row spread" },
    h("span", { class: "row" }, words, told), history));
  /** @type {Blob | null} */
  let exact = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const fit = () => {
    const factor = enlargement(Math.max(width, height), Math.min(LARGEST, frame.clientWidth));
    canvas.style.width = `${factor * width}px`;
  };
  const observer = new ResizeObserver(fit);
  observer.observe(frame);

  const latest = new Latest(async (/** @type {Asked} */ asked, signal) => {
    const began = performance.now();
    const picture = await client.picture("picture", asked.place, asked.exact, signal);
    if (!asked.exact) {
      const taken = performance.now() - began;
      kit.pace = kit.pace ? Math.min(kit.pace, taken) : taken; // the first of all had to wait for the model
    }
    return picture;
  }, (picture, asked) => {
    const context = canvas.getContext("2d");
    context?.clearRect(0, 0, width, height);
    context?.drawImage(picture.bitmap, 0, 0, width, height);
    picture.bitmap.close();
    exact = asked.exact ? picture.blob : null;
    canvas.dataset.place = JSON.stringify(asked.place);
    canvas.dataset.exact = String(asked.exact);
    told.hidden = picture.told === null;
    fill(told, picture.told ?? "");
    const all = [wordsOf(scene.state), picture.told].filter(Boolean).join(", ");
    canvas.setAttribute("aria-label", `Generated picture. ${all}`);
    canvas.dispatchEvent(new CustomEvent("drawn", { detail: asked }));
    kit.well();
  }, kit.fail);
  kit.left.addEventListener("abort", () => {
    latest.stop();
    observer.disconnect();
    clearTimeout(timer);
  });

  return {
    element,
    save: async () => {
      const blob = exact ?? (await client.picture("saved", placeOf(scene.state), true)).blob;
      saveAs(blob, `${model.id}-${wordsOf(scene.state).replace(/[^\w@.-]+/g, "-").slice(0, 60)}.png`);
    },
    show: (state, settled) => {
      const place = placeOf(state);
      fill(words, wordsOf(state));
      clearTimeout(timer);
      const shown = canvas.dataset.place === JSON.stringify(place);
      if (!shown) {
        latest.ask({ place, exact: false });
      }
      if (settled && !(shown && canvas.dataset.exact === "true")) {
        timer = setTimeout(() => latest.ask({ place, exact: true }), SETTLED);
      }
    },
  };
}

/**
 * Buttons for what can be done with the big picture.
 * @param {object} acts
 * @param {() => void} acts.random
 * @param {() => void} acts.save
 * @param {() => void} acts.favour
 * @returns {HTMLElement}
 */
export function stageButtons({ random, save, favour }) {
  const button = (/** @type {import("../core/icons.js").IconName} */ name, /** @type {string} */ words,
    /** @type {string} */ title, /** @type {string} */ testid, /** @type {() => void} */ click) => h("button",
    { title, data: { testid }, on: { click } }, icon(name), words);
  return h("div", { class: "row stage-buttons" }, button("dice", "Random", "Another sample (r)", "random", random),
    button("star", "Favourite", "Keep it in this browser (f)", "favour", favour),
    button("download", "Save", "Save the picture as PNG", "save-picture", save));
}
