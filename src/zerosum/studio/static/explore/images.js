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

const SHARE = 1 / 20; // of a plane or a way, that an arrow key goes

/**
 * @param {HTMLElement} root
 * @param {import("./kit.js").Base} base
 * @param {URLSearchParams} query
 * @returns {(() => void)[]} what takes the keys back
 */
export function openImages(root, base, query) {
  const { model } = base;
  const kept = h("datalist", { id: "kept" });
  /** @type {Kit} */
  const kit = { ...base, scene: new Scene(stateOf(query, model)), pace: 0, keep: (names) => {
    model.kept = names;
    fill(kept, names.map((name) => h("option", { value: `@${name}` })));
    tabs.show(scene.state, true);
  } };
  const { scene } = kit;
  const history = makeHistory(scene, kit.say);
  const stage = makeStage(kit, history.element);
  const arithmetic = makeArithmetic(kit);
  const mixes = model.spaces.some((space) => (model.layers[space] ?? 1) > 1);
  const tabs = makeTabs(kit, [
    { name: "sample", title: "Sample", part: makeSample(kit) },
    { name: "plane", title: "Plane", part: makePlane(kit) },
    { name: "way", title: "Interpolation", part: makeWay(kit) },
    { name: "arithmetic", title: "Arithmetic", part: arithmetic },
    ...(mixes ? [{ name: /** @type {const} */ ("mix"), title: "Style mixing", part: makeMixing(kit) }] : []),
    ...(model.invert ? [{ name: /** @type {const} */ ("photo"), title: "Photo", part: makePhoto(kit) }] : []),
  ]);
  const controls = makeControls(kit);
  const directions = makeDirections(kit);
  const nearest = model.reals ? makeNearest(kit) : null;
  const favourites = makeFavourites(kit);
  const commands = makeCommands();
  const acts = { plane: newCorners, way: newEnds, sample: anySample, mix: anySample, photo: anySample,
    arithmetic: arithmetic.next };
  const random = () => acts[scene.state.tab](kit);

  fill(root, h("div", { class: "explore" }, h("div", { class: "explore-stage stack pinned" }, stage.element,
    stageButtons({ random, save: stage.save, favour: favourites.favour })), h("div", { class: "stack" }, tabs.element,
    controls.any && h("section", { class: "card", "aria-label": "What it is" }, controls.element),
    h("section", { class: "card", "aria-label": "Directions" }, directions.element),
    h("div", { class: "explore-more" }, nearest?.element, favourites.element, commands.element))), kept);

  scene.watch((state, settled) => {
    // The big picture first: all others wait for it, and not it for them.
    for (const part of [stage, tabs, controls, directions, nearest]) {
      part?.show(state, settled);
    }
    history.show();
    if (settled) {
      const address = queryOf(state, model);
      rememberQuery(address);
      commands.show(commandOf(state, model), pythonOf(state, model), addressOf("explore", model.id, address));
    }
  });
  scene.tell(true);
  kit.keep(model.kept);
  favourites.show();
  return [
    onKey("r", "show another sample", random),
    ...history.keys(),
    onKey("ArrowLeft", "the sample before, or a step to the left", () => go(kit, -1)),
    onKey("ArrowRight", "the next sample, or a step to the right", () => go(kit, 1)),
    onKey("f", "keep in favourites", favourites.favour),
  ];
}

/**
 * To the next sample, or a step further on the plane or the way.
 * @param {Kit} kit
 * @param {number} by
 */
function go(kit, by) {
  const { tab, x, t } = kit.scene.state;
  const moved = (/** @type {number} */ share) => Math.min(1, Math.max(0, share + by * SHARE));
  if (tab === "plane") {
    kit.scene.set({ x: moved(x) });
  } else if (tab === "way") {
    kit.scene.set({ t: moved(t) });
  } else if (tab !== "arithmetic") {
    step(kit, by);
  }
}
