// @ts-check
import { h } from "../../studio/static/core/dom.js";
import { seedField } from "./sample.js";
import { differ, settled } from "./store.js";
import { Tiles } from "./tiles.js";
import { percent } from "./words.js";
/** @import { Page } from "./main.js" */
/** @import { State } from "./types.js" */

const SECONDS = 4; // from one end to the other
const STILL = 0.8; // seconds that a step stands where motion is not wanted

/**
 * The way from one sample to another: as a strip, played, and by a slider.
 * @param {Page} page
 * @param {{drawn: boolean}} how Whether there are pictures to make a strip of.
 * @returns {HTMLElement}
 */
export function strip(page, { drawn }) {
  const { store } = page;
  const from = h("output", { class: "number" });
  const to = seedField("end", store.state.end, (end) => store.change({ end, way: store.state.way ?? 0 }));
  const slider = h("input", { id: "way", type: "range", min: 0, max: 1, step: 0.01, data: { testid: "way" } });
  slider.addEventListener("input", () => {
    player.stop();
    store.change({ way: Number(slider.value) });
  });
  const player = playing(page);
  const show = (/** @type {State} */ { corners, end, way }) => {
    from.textContent = String(corners[0]);
    to.value = String(end);
    slider.value = String(way ?? 0);
    slider.setAttribute("aria-valuetext", way === null ? "not on the way" : `${percent(way)} of the way`);
  };
  store.watch(show);
  show(store.state);
  return h(
    "section",
    { class: "card strip" },
    h(
      "div",
      { class: "row" },
      h("h2", null, "From sample ", from, " to sample"),
      h("label", { for: "end", class: "unseen" }, "Number of the sample that it leads to"),
      to,
      player.button,
    ),
    drawn && tiles(page),
    h("label", { for: "way", class: "unseen" }, "How far on the way"),
    slider,
  );
}

/**
 * @param {Page} page
 * @returns {HTMLCanvasElement}
 */
function tiles(page) {
  const { generator, model, store, turns } = page;
  const count = page.quick ? 9 : 5;
  const row = new Tiles(model.shape, count, 1, Infinity, { class: "tiles", role: "img", data: { testid: "strip" } });
  const draw = settled(60, () => {
    turns.forget("strip");
    row.canvas.setAttribute("aria-label", `${count} steps from sample ${store.state.corners[0]} to ${store.state.end}`);
    for (let column = 0; column < count; column += 1) {
      void turns.ask(`strip ${column}`, 3, async () => {
        const { corners, end, moves, truncation, wish } = store.state;
        const latent = await generator.onWay(corners[0], end, column / (count - 1), wish);
        const { picture } = await generator.picture(generator.moved(latent, moves), truncation);
        row.set(picture, column, 0);
      });
    }
  });
  store.watch((state, before) => {
    const first = state.corners[0] !== before.corners[0];
    if (first || differ(state, before, ["end", "wish", "truncation", "moves"])) {
      draw();
    }
  });
  draw();
  page.strip = row.canvas;
  return row.canvas;
}

/**
 * A button that goes to and fro on the way; step by step for who wants no motion.
 * @param {Page} page
 */
function playing({ store }) {
  const button = h("button", { type: "button", "aria-pressed": "false", data: { testid: "play" } }, "Play");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let phase = 0; // from 0 to 2: there and back
  let before = 0;
  let expected = NaN;
  let running = false;

  function frame(/** @type {number} */ now) {
    if (!running) {
      return;
    }
    if (store.state.way !== expected) {
      stop(); // somebody has taken it elsewhere
      return;
    }
    if (!still.matches || now - before >= 1000 * STILL) {
      phase = (phase + (still.matches ? 0.125 : (now - before) / 1000 / SECONDS)) % 2;
      before = now;
      expected = Math.round(1000 * (phase <= 1 ? phase : 2 - phase)) / 1000;
      store.change({ way: expected });
    }
    requestAnimationFrame(frame);
  }

  function stop() {
    running = false;
    button.textContent = "Play";
    button.setAttribute("aria-pressed", "false");
  }

  button.addEventListener("click", () => {
    if (running) {
      stop();
      return;
    }
    running = true;
    button.textContent = "Pause";
    button.setAttribute("aria-pressed", "true");
    phase = store.state.way ?? 0;
    expected = phase;
    store.change({ way: phase });
    before = performance.now();
    requestAnimationFrame(frame);
  });
  return { button, stop };
}
