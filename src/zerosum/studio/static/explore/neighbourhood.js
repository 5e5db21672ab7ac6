// @ts-check
/** The result of arithmetic in the middle of neighbours, and a name to keep it under. */

import { h } from "../core/dom.js";
import { commonOf, nearby, sumOf } from "./state.js";
import { latestTiles, tile } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */

const SEEDS = [901, 902, 903, 904, null, 905, 906, 907,
  908]; // towards which samples neighbours lie; the middle is itself
const AMOUNT = 0.25; // of the way

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part}
 */
export function makeNeighbourhood(kit) {
  const { model, scene, say } = kit;
  const canvases = SEEDS.map(() => tile(model));
  const buttons = SEEDS.map((seed, index) => h("button", { class: "strip-cell", data: { testid: `near-${index}` },
    "aria-label": seed === null ? "The result itself" : `Neighbour ${index < 4 ? index + 1 : index}`,
      on: { click: () => {
      scene.set({ near: seed === null ? null : { seed, amount: AMOUNT } });
      say(seed === null ? "The result itself" : "A neighbour of the result");
    } } }, canvases[index]));
  const grid = h("div", { class: "around", role: "group", "aria-label": "The result and its neighbours" }, buttons);
  const name = h("input", { class: "seed", "aria-label": "Name to keep the result under", placeholder: "name",
    autocomplete: "off", spellcheck: "false", maxlength: 64, data: { testid: "keep-name" } });
  const keep = h("button", { data: { testid: "keep" } }, "Keep");
  const form = h("form", { class: "row", on: { submit: async (/** @type {Event} */ event) => {
    event.preventDefault();
    const wanted = name.value.trim().replace(/^@/, "");
    if (!wanted) {
      name.focus();
      return;
    }
    keep.disabled = true;
    try {
      const place = { ...commonOf(scene.state), latent: nearby(sumOf(scene.state), scene.state.near) };
      kit.keep((await kit.client.ask("keep", { name: wanted, place })).kept);
      name.value = "";
      say(`Kept as @${wanted}`);
      kit.well();
    } catch (error) {
      kit.fail(/** @type {Error} */ (error));
    }
    keep.disabled = false;
  } } }, name, keep);
  const element = h("section", { class: "concept-tray tray-result", "aria-label": "Result" },
    h("div", { class: "row spread" }, h("strong", { class: "tray-name" }, "= Result")), grid, form);

  const latest = latestTiles(kit, "around", 3, canvases, grid);
  let drawn = "";
  return {
    element,
    show: (state, settled) => {
      const empty = state.trays.every((seeds) => !seeds.length);
      element.classList.toggle("blank", empty);
      keep.disabled = empty;
      buttons.forEach((button, index) => {
        button.disabled = empty;
        button.setAttribute("aria-pressed", String((state.near?.seed ?? null) === SEEDS[index]));
      });
      const common = commonOf(state);
      const places = SEEDS.map((seed) => ({ ...common, latent: nearby(sumOf(state), seed === null ? null
        : { seed, amount: AMOUNT }) }));
      const key = JSON.stringify(places);
      if (settled && !empty && key !== drawn) {
        drawn = key;
        latest.ask(places);
      }
    },
  };
}
