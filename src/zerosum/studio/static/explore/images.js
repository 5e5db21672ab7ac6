// @ts-check
/** The page for models of pictures: one place among the latents, and every way to change it. */

import { addressOf, rememberQuery } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { onKey } from "../core/keys.js";
import { makeArithmetic } from "./arithmetic.js";
import { commandOf, makeCommands, pythonOf } from "./commands.js";
import { makeControls } from "./controls.js";
import { makeDirections } from "./directions.js";
import { makeFavourites } from "./favourites.js";
import { makeHistory } from "./history.js";
import { queryOf, stateOf } from "./link.js";
import { makeMixing } from "./mixing.js";
import { makeNearest } from "./nearest.js";
import { makePhoto } from "./photo.js";
import { makePlane, newCorners } from "./plane.js";
import { anySample, makeSample, step } from "./sample.js";
import { Scene } from "./scene.js";
import { makeStage, stageButtons } from "./stage.js";
import { makeTabs } from "./tabs.js";
import { makeWay, newEnds } from "./way.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").State} State */

/**
 * @param {HTMLElement} root
 * @param {import("./kit.js").Base} base
 * @param {URLSearchParams} query
 * @returns {(() => void)[]} what takes the keys back
 */
export function openImages(root, base, query) {
  const { model } = base;
  /** @type {Kit} */
  const kit = { ...base, scene: new Scene(stateOf(query, model)), pace: 0 };
  const { scene } = kit;
  const history = makeHistory(scene, kit.say);
  const stage = makeStage(kit, history.element);
  const arithmetic = makeArithmetic(kit);
  const mixes = model.spaces.some((space) => (model.layers[space] ?? 1) > 1);
  const tabs = makeTabs(kit, [
    { name: "sample", title: "Sample", part: makeSample(kit) },
    { name: "plane", title: "Plane", part: makePlane(kit) },
    { name: "way", title: "Way", part: makeWay(kit) },
    { name: "arithmetic", title: "Arithmetic", part: arithmetic },
    ...(mixes ? [{ name: /** @type {const} */ ("mix"), title: "Mix", part: makeMixing(kit) }] : []),
    ...(model.invert ? [{ name: /** @type {const} */ ("photo"), title: "Photo", part: makePhoto(kit) }] : []),
  ]);
  const random = () => {
    const acts = { plane: newCorners, way: newEnds, sample: anySample, mix: anySample, photo: anySample };
    const { tab } = scene.state;
    return tab === "arithmetic" ? arithmetic.next() : acts[tab](kit);
  };
  const favourites = makeFavourites(kit);
  const controls = makeControls(kit);
  const nearest = model.reals ? makeNearest(kit) : null;
  const parts = [stage, tabs, controls, makeDirections(kit), ...(nearest ? [nearest] : [])];
  const directions = parts[3];
  const commands = makeCommands();
  const kept = h("datalist", { id: "kept" });
  const listKept = () => {
    fill(kept, model.kept.map((name) => h("option", { value: `@${name}` })));
    tabs.show(scene.state, true);
  };
  document.addEventListener("kept", listKept);

  fill(root, h("div", { class: "explore" }, h("div", { class: "explore-stage stack" }, stage.element,
    stageButtons({ random, save: stage.save, favour: favourites.favour })), h("div", { class: "stack" }, tabs.element,
    controls.any && h("section", { class: "card", "aria-label": "What it is" }, controls.element),
    h("section", { class: "card", "aria-label": "Directions" }, directions.element),
    h("div", { class: "explore-more" }, nearest?.element, favourites.element, commands.element))), kept);

  scene.watch((state, settled) => {
    for (const part of parts) {
      part.show(state, settled);
    }
    history.show();
    if (settled) {
      const query = queryOf(state, model);
      rememberQuery(query);
      commands.show(commandOf(state, model), pythonOf(state, model), addressOf("explore", model.id, query));
    }
  });
  listKept();
  scene.tell(true);
  favourites.show();
  const moved = (/** @type {number} */ by) => {
    const { tab, x, t } = scene.state;
    if (tab === "plane") {
      scene.set({ x: Math.min(1, Math.max(0, x + 0.05 * by)) });
    } else if (tab === "way") {
      scene.set({ t: Math.min(1, Math.max(0, t + by / SHARES)) });
    } else if (tab !== "arithmetic") {
      step(kit, by);
    }
  };
  return [
    () => document.removeEventListener("kept", listKept),
    onKey("r", "show another sample", random),
    ...history.keys(),
    onKey("ArrowLeft", "the sample before, or a step to the left", () => moved(-1)),
    onKey("ArrowRight", "the next sample, or a step to the right", () => moved(1)),
    onKey("f", "keep in favourites", favourites.favour),
  ];
}

const SHARES = 20; // steps of the arrow keys from one end of a way to the other
