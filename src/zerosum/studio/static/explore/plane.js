// @ts-check
/**
 * The seed plane: four samples in its corners, and every place between them, across and then down, on great circles
 * where latents lie on a sphere. Below the handle lies a map of what is there.
 */

import { h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { animation, seedField } from "./kit.js";
import { Latest } from "./latest.js";
import { commonOf, randomSeed, seedWords } from "./state.js";
import { enlargement } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").State} State */
/** @typedef {{corners: State["corners"], common: object, side: number}} SeedMap side: pictures on each side of it */

const CORNERS = ["top left", "top right", "bottom left", "bottom right"];
const LARGEST = 420; // CSS pixels of the plane's longer side
const FEWEST = 3; // pictures on a side of the map
const MOST = 15;
const PATIENCE = 6000; // milliseconds that a map's pictures may take one by one; together they take less
const STEP = 0.02;
const TURN = 8; // seconds in which an animation goes round once

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part}
 */
export function makePlane(kit) {
  const { model, scene } = kit;
  const map = h("canvas", { class: "pixels", "aria-hidden": "true" });
  const handle = h("span", { class: "handle", "aria-hidden": "true" });
  const surface = h("div", { class: "surface", role: "slider", tabindex: "0", "aria-label": "Place on the seed plane",
    "aria-valuemin": "0", "aria-valuemax": "100", data: { testid: "plane" } }, map, handle);
  const fields = CORNERS.map((corner, index) => seedField({ label: `Sample ${corner}`, testid: `corner-${index}`,
    bare: true, onSeed: (seed) => scene.set({ corners: scene.state.corners.map((one,
      at) => (at === index ? seed : one)) }) }));
  let angle = Math.PI;
  const animated = animation(kit, { testid: "animate", still: [icon("play"), "Animate"],
    moving: [icon("pause"), "Stop"], step: (seconds) => {
      angle += (2 * Math.PI * seconds) / TURN;
      scene.set({ x: 0.5 + 0.42 * Math.cos(angle), y: 0.5 + 0.42 * Math.sin(angle) }, false);
    }, end: () => scene.set({}) });
  const go = (/** @type {number} */ x, /** @type {number} */ y, settled = true) => {
    animated.stop();
    scene.set({ x: within(x), y: within(y) }, settled);
  };
  const button = (/** @type {string} */ words, /** @type {string} */ testid, /** @type {() => void} */ click,
    /** @type {string} */ title) => h("button", { title, data: { testid }, on: { click } }, words);
  const classes = h("p", { class: "soft small", hidden: true },
    "Each corner has its own class, which holds up to the middle. Choose one for all, and the plane has no seams.");
  const element = h("div", { class: "plane" },
    h("div", { class: "plane-corners" }, fields[0].element, fields[1].element), surface,
    h("div", { class: "plane-corners" }, fields[2].element, fields[3].element),
    h("div", { class: "row plane-buttons" },
      button("Snap", "snap", () => go(Math.round(scene.state.x), Math.round(scene.state.y)),
        "To the nearest of the four"),
      button("Reset", "reset-plane", () => go(0.5, 0.5), "To the middle"),
      button("New corners", "new-corners", () => newCorners(kit), "Four other samples"), animated.element), classes);
  listen(surface, go, scene);

  const draw = new Latest(async (/** @type {SeedMap} */ { corners, common, side }, signal) => {
    const at = (/** @type {number} */ number) => (number + 0.5) / side; // what lies under the middle of each picture
    const places = Array.from({ length: side * side }, (_, index) => ({ ...common, latent: { plane: { seeds: corners,
      x: at(index % side), y: at(Math.floor(index / side)) } } }));
    return (await kit.client.tiles("map", places, side, signal)).bitmap;
  }, (bitmap) => {
    map.width = bitmap.width;
    map.height = bitmap.height;
    map.getContext("2d")?.drawImage(bitmap, 0, 0);
    surface.dataset.map = "drawn";
  }, kit.fail);
  const [height, width] = model.shape;
  let side = 0; // as long as nobody knows how much room there is
  const observer = new ResizeObserver(() => {
    // As many pictures as fit at their own size, in as many pixels as they have.
    const room = Math.min(LARGEST, element.clientWidth);
    side = Math.min(MOST, Math.max(FEWEST, Math.floor(room / Math.max(width, height))));
    const wide = Math.min(room, side * width * enlargement(side * Math.max(width, height), room));
    element.style.setProperty("--plane", `${wide}px`);
    surface.style.aspectRatio = `${width} / ${height}`;
    show(scene.state, true);
  });
  observer.observe(element);
  kit.left.addEventListener("abort", () => {
    observer.disconnect();
    draw.stop();
  });

  let drawn = "";
  const show = (/** @type {State} */ state, /** @type {boolean} */ settled) => {
    state.corners.forEach((seed, index) => fields[index].show(seed));
    handle.style.left = `${100 * state.x}%`;
    handle.style.top = `${100 * state.y}%`;
    const nearest = state.corners[Math.round(state.x) + 2 * Math.round(state.y)];
    surface.setAttribute("aria-valuenow", String(Math.round(100 * state.x)));
    surface.setAttribute("aria-valuetext",
      `${percent(state.x)} across, ${percent(state.y)} down, nearest ${seedWords(nearest)}`);
    classes.hidden = model.told?.kind !== "class" || state.condition !== null || state.space === "w";
    const affordable = Math.floor(Math.sqrt(PATIENCE / Math.max(1, kit.pace)));
    const asked = { corners: state.corners, common: commonOf(state),
      side: Math.max(FEWEST, Math.min(side, affordable)) };
    const key = JSON.stringify(asked);
    if (settled && side && surface.clientWidth && key !== drawn) {
      drawn = key;
      delete surface.dataset.map;
      draw.ask(asked);
    }
  };
  return { element, show };
}

/**
 * Four other samples in the corners.
 * @param {Kit} kit
 */
export function newCorners({ scene, say }) {
  const corners = [0, 1, 2, 3].map(randomSeed);
  scene.set({ corners });
  say(`Corners ${corners.join(", ")}`);
}

/**
 * @param {HTMLElement} surface
 * @param {(x: number, y: number, settled?: boolean) => void} go
 * @param {Kit["scene"]} scene
 */
function listen(surface, go, scene) {
  const at = (/** @type {PointerEvent} */ event, /** @type {boolean} */ settled) => {
    const box = surface.getBoundingClientRect();
    go((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, settled);
  };
  surface.addEventListener("pointerdown", (event) => {
    surface.setPointerCapture(event.pointerId);
    at(event, false);
  });
  surface.addEventListener("pointermove", (event) => {
    if (surface.hasPointerCapture(event.pointerId)) {
      at(event, false);
    }
  });
  surface.addEventListener("pointerup", (event) => at(event, true));
  surface.addEventListener("pointercancel", () => scene.set({}));
  surface.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? STEP / 4 : STEP;
    const { x, y } = scene.state;
    /** @type {{[key: string]: [number, number]}} */
    const ways = { ArrowLeft: [x - step, y], ArrowRight: [x + step, y], ArrowUp: [x, y - step],
      ArrowDown: [x, y + step],
      Home: [0, y], End: [1, y], PageUp: [x, 0], PageDown: [x, 1] };
    if (event.key in ways) {
      event.preventDefault();
      go(...ways[event.key], !event.repeat);
    }
  });
  surface.addEventListener("keyup", () => scene.set({}));
}

/**
 * @param {number} value
 * @returns {number}
 */
function within(value) {
  return Math.min(1, Math.max(0, value));
}

/**
 * @param {number} share
 * @returns {string}
 */
function percent(share) {
  return `${Math.round(100 * share)} %`;
}
