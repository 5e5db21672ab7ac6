// @ts-check
import { h } from "../../studio/static/core/dom.js";
import { anySeed } from "./sample.js";
import { differ, settled } from "./store.js";
import { Tiles } from "./tiles.js";
import { percent } from "./words.js";
/** @import { Page } from "./main.js" */
/** @import { State } from "./types.js" */

const SHARP = 96; // pixels of a tile, at most
const STEP = 0.02;
const PADDING = 0.07; // of a map of lines, as in page.css

/**
 * The plane between four samples: a map of what lies where, and a mark that is dragged, or moved by arrow keys.
 * @param {Page} page
 * @returns {HTMLElement}
 */
export function plane(page) {
  const { store } = page;
  const { map, inset } =
    page.model.kind === "image" ? tiledMap(page) : { map: h("div", { class: "map lines" }), inset: PADDING };
  const net = page.model.kind === "image" ? "" : " The net in the picture is where the lines of this one come to lie.";
  const mark = h("span", { class: "mark", "aria-hidden": "true" });
  const across = slider("across", "Across the plane");
  const down = slider("down", "Down the plane");
  const corners = store.state.corners.map((_, i) => h("span", { class: `corner corner-${i}`, "aria-hidden": "true" }));
  const field = h("div", { class: "plane", data: { testid: "plane" } }, map, corners, mark, across, down);

  function show(/** @type {State} */ { x, y, way, corners: numbers }) {
    mark.style.left = `${100 * (inset + x * (1 - 2 * inset))}%`;
    mark.style.top = `${100 * (inset + y * (1 - 2 * inset))}%`;
    mark.classList.toggle("away", way !== null);
    corners.forEach((corner, i) => (corner.textContent = String(numbers[i])));
    for (const [input, value, name] of /** @type {const} */ ([
      [across, x, "right"],
      [down, y, "down"],
    ])) {
      input.value = String(value);
      input.setAttribute("aria-valuetext", `${percent(value)} ${name}`);
    }
  }

  function go(/** @type {number} */ x, /** @type {number} */ y) {
    store.change({ x: cut(x), y: cut(y), way: null });
  }

  function point(/** @type {PointerEvent} */ event) {
    const { left, top, width, height } = map.getBoundingClientRect();
    const place = (/** @type {number} */ share) => snapped((share - inset) / (1 - 2 * inset));
    go(place((event.clientX - left) / width), place((event.clientY - top) / height));
  }

  field.addEventListener("pointerdown", (event) => {
    field.setPointerCapture(event.pointerId);
    event.preventDefault();
    across.focus({ preventScroll: true });
    point(event);
  });
  field.addEventListener("pointermove", (event) => {
    if (field.hasPointerCapture(event.pointerId)) {
      point(event);
    }
  });
  field.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (step !== undefined) {
      event.preventDefault();
      const far = event.shiftKey ? 5 * STEP : STEP;
      go(store.state.x + far * step[0], store.state.y + far * step[1]);
    }
  });
  for (const input of [across, down]) {
    input.addEventListener("input", () => go(Number(across.value), Number(down.value)));
  }

  store.watch(show);
  show(store.state);
  return h(
    "section",
    { class: "between" },
    h("h2", null, "Between four samples"),
    field,
    h(
      "div",
      { class: "row" },
      h(
        "button",
        { type: "button", data: { testid: "corners" }, on: { click: () => otherCorners(page) } },
        "Other corners",
      ),
      h(
        "button",
        { type: "button", class: "quiet", data: { testid: "back" }, on: { click: () => go(0, 0) } },
        "Reset",
      ),
    ),
    h("p", { class: "help" }, `Drag, or use the arrow keys; with Shift they go further.${net}`),
  );
}

/**
 * A map of pictures, drawn again whenever something changes that it depends on. The middle of the first tile is 0, and
 * that of the last one 1.
 * @param {Page} page
 * @returns {{map: HTMLElement, inset: number}} The map, and which share of it lies before 0 and behind 1.
 */
function tiledMap({ generator, model, quick, store, turns }) {
  const side = quick ? 5 : 2;
  const map = new Tiles(model.shape, side, side, SHARP, { class: "map", "aria-hidden": "true" });
  const draw = settled(120, () => {
    turns.forget("plane");
    for (let place = 0; place < side * side; place += 1) {
      const [column, row] = [place % side, Math.floor(place / side)];
      const corner = [0, side - 1].includes(column) && [0, side - 1].includes(row);
      void turns.ask(`plane ${place}`, corner ? 2 : 4, async () => {
        const { corners, moves, truncation, wish } = store.state;
        const latent = await generator.onPlane(corners, column / (side - 1), row / (side - 1), wish);
        const { picture } = await generator.picture(generator.moved(latent, moves), truncation);
        map.set(picture, column, row);
      });
    }
  });
  store.watch((state, before) => {
    if (differ(state, before, ["corners", "wish", "truncation", "moves"])) {
      draw();
    }
  });
  draw();
  return { map: map.canvas, inset: 0.5 / side };
}

/** @param {Page} page */
function otherCorners({ store }) {
  store.change({ corners: [store.state.corners[0], anySeed(), anySeed(), anySeed()], way: null });
}

/**
 * @param {string} id
 * @param {string} label
 * @returns {HTMLInputElement} A slider from 0 to 1 that is only heard, and has the keyboard.
 */
function slider(id, label) {
  return h("input", {
    type: "range",
    class: "unseen",
    min: 0,
    max: 1,
    step: STEP,
    "aria-label": label,
    data: { testid: id },
  });
}

/**
 * @param {number} share
 * @returns {number} An edge where it is near.
 */
function snapped(share) {
  return Math.abs(share - Math.round(share)) < STEP ? Math.round(share) : share;
}

/**
 * @param {number} share
 * @returns {number} On [0, 1].
 */
function cut(share) {
  return Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;
}
