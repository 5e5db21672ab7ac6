// @ts-check
/**
 * Arithmetic with samples, A - B + C: each tray stands for the average of what lies in it (Radford et al. 2016,
 * arXiv:1511.06434, Section 6.3.2), and around the result lie neighbours of it.
 */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { counted } from "../core/words.js";
import { makeBrowser } from "./browser.js";
import { seedField } from "./kit.js";
import { makeNeighbourhood } from "./neighbourhood.js";
import { Latest } from "./latest.js";
import { commonOf, seedWords } from "./state.js";
import { drawTile, tile } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Seed} Seed */

const NAMES = ["A", "B", "C"];
const SIGNS = ["", "−", "+"];
const MOST = 32; // samples in a tray

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part & {next: () => void}}
 */
export function makeArithmetic(kit) {
  const { scene, say } = kit;
  let active = 0;
  const put = (/** @type {number} */ tray, /** @type {Seed} */ seed) => {
    const { trays } = scene.state;
    const there = trays[tray].includes(seed);
    if (!there && trays[tray].length >= MOST) {
      say(`Tray ${NAMES[tray]} is full: ${MOST} samples.`);
      return;
    }
    const changed = there ? trays[tray].filter((one) => one !== seed) : [...trays[tray], seed];
    scene.set({ trays: trays.map((seeds, at) => (at === tray ? changed : seeds)), near: null });
    const what = typeof seed === "number" ? `Sample ${seed}` : seed;
    say(`${what} is ${there ? "out of" : "in"} tray ${NAMES[tray]}, ${counted(changed.length, "sample")}`);
  };
  const choose = (/** @type {number} */ tray) => {
    active = tray;
    trays.forEach((one, at) => one.activate(at === active));
  };
  const trays = NAMES.map((_, tray) => makeTray(kit, tray, put, choose));
  const browser = makeBrowser(kit, { name: "candidates", label: "Samples to put into trays", count: 30, columns: 10,
    many: true, onChoose: (seed) => put(active, seed), onKey: (seed, key) => {
      const tray = NAMES.indexOf(key.toUpperCase());
      if (tray >= 0) {
        put(tray, seed);
      }
      return tray >= 0;
    } });
  const around = makeNeighbourhood(kit);
  const element = h("div", { class: "stack" },
    h("div", { class: "trays" }, trays.map((tray) => tray.element), around.element),
    h("p", { class: "soft small" }, "Drag samples into trays, or choose one and press ", h("kbd", null, "A"), " ",
      h("kbd", null, "B"), " or ", h("kbd", null, "C"), ". Three or more in each tray say what they have in common."),
    browser.element);

  const latest = new Latest((/** @type {{places: any[]}} */ { places }, signal) => kit.client.tiles("trays", places, 8,
    signal),
    (tiles) => {
      let index = 0;
      for (const tray of trays) {
        index = tray.draw(tiles, index);
      }
      tiles.bitmap.close();
    }, kit.fail);
  kit.left.addEventListener("abort", () => latest.stop());
  let drawn = "";
  choose(0);
  return {
    element,
    next: browser.next,
    show: (state, settled) => {
      around.show(state, settled);
      if (!settled) {
        return;
      }
      const { moves: _, ...common } = commonOf(state);
      browser.show(common, (seed) => NAMES.filter((_, tray) => state.trays[tray].includes(seed)).join("") || null);
      const places = trays.flatMap((tray, at) => tray.show(state.trays[at], common));
      const key = JSON.stringify(places);
      if (places.length && key !== drawn) {
        latest.ask({ places });
      }
      drawn = key;
    },
  };
}

/**
 * @param {Kit} kit
 * @param {number} number of the tray
 * @param {(tray: number, seed: Seed) => void} put in, or out if it is in
 * @param {(tray: number) => void} choose it as the one that samples go into
 */
function makeTray({ model, scene, say }, number, put, choose) {
  const name = NAMES[number];
  const average = tile(model);
  const members = h("div", { class: "members" });
  const words = h("span", { class: "soft small" });
  const title = h("button", { class: "tray-name", "aria-label": `Put samples into tray ${name}`,
    data: { testid: `tray-${name}` },
    on: { click: () => {
      choose(number);
      say(`Samples go into tray ${name}`);
    } } }, `${SIGNS[number]} ${name}`.trim());
  const field = seedField({ label: `Number or name to put into tray ${name}`, testid: `tray-${name}-seed`, bare: true,
    onSeed: (seed) => {
      if (!scene.state.trays[number].includes(seed)) {
        put(number, seed);
      }
      /** @type {HTMLInputElement} */ (field.element).value = "";
    } });
  field.element.setAttribute("placeholder", "number");
  const clear = h("button", { class: "quiet icon", title: "Empty the tray", "aria-label": `Empty tray ${name}`,
    data: { testid: `tray-${name}-clear` }, on: { click: () => {
    scene.set({ trays: scene.state.trays.map((seeds, at) => (at === number ? [] : seeds)), near: null });
    say(`Tray ${name} is empty`);
    title.focus();
  } } }, icon("close"));
  const element = h("section", { class: "concept-tray", "aria-label": `Tray ${name}`, on: {
    dragover: (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      element.classList.add("over");
    },
    dragleave: () => element.classList.remove("over"),
    drop: (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      element.classList.remove("over");
      const seed = Number(event.dataTransfer?.getData("text/plain"));
      if (Number.isInteger(seed) && !scene.state.trays[number].includes(seed)) {
        put(number, seed);
      }
    },
  } }, h("div", { class: "row spread" }, title, words), h("div", { class: "average" }, average), members,
  h("div", { class: "row" }, field.element, clear));
  /** @type {HTMLCanvasElement[]} */
  let canvases = [];
  return {
    element,
    activate: (/** @type {boolean} */ active) => {
      title.setAttribute("aria-pressed", String(active));
      element.classList.toggle("active", active);
    },
    /**
     * @param {Seed[]} seeds
     * @param {object} common
     * @returns {object[]} the places of its average and of its members
     */
    show: (seeds, common) => {
      canvases = seeds.map(() => tile(model));
      fill(members, canvases.map((canvas, at) => h("button",
        { class: "member", title: `${seedWords(seeds[at])}: take it out`,
        "aria-label": `Take ${seedWords(seeds[at])} out of tray ${name}`,
          data: { testid: `member-${name}-${seeds[at]}` },
        on: { click: () => {
          put(number, seeds[at]);
          title.focus();
        } } }, canvas)));
      fill(words, seeds.length ? counted(seeds.length, "sample") : "empty");
      clear.hidden = !seeds.length;
      average.classList.toggle("blank", !seeds.length);
      element.dataset.count = String(seeds.length);
      return seeds.length ? [{ ...common, latent: { sum: [{ factor: 1, seeds }] } },
        ...seeds.map((seed) => ({ ...common, latent: { seed } }))] : [];
    },
    /**
     * @param {import("./client.js").Tiles} tiles
     * @param {number} index of its first
     * @returns {number} of the next tray's first
     */
    draw: (tiles, index) => {
      if (!canvases.length) {
        return index;
      }
      drawTile(average, tiles, index);
      canvases.forEach((canvas, at) => drawTile(canvas, tiles, index + 1 + at));
      return index + 1 + canvases.length;
    },
  };
}
