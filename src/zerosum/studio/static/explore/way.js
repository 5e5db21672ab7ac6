// @ts-check
/** The way from one sample to another: a strip of it, an animation, and films to take along. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { makeCommand } from "../parts/command.js";
import { filmCommandOf } from "./commands.js";
import { animation, seedField } from "./kit.js";
import { commonOf, randomSeed } from "./state.js";
import { latestTiles, tile } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").State} State */

const SHOWN = 9; // pictures of the strip
const RATE = 24; // frames a second

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part}
 */
export function makeWay(kit) {
  const { model, scene } = kit;
  const fields = ["From", "To"].map((label, index) => seedField({ label, testid: `end-${index}`,
    onSeed: (seed) => scene.set({ ends: scene.state.ends.map((one, at) => (at === index ? seed : one)) }) }));
  const slider = h("input", { type: "range", min: "0", max: "1", step: "0.005", "aria-label": "Place on the way",
    data: { testid: "way" }, on: {
      input: () => scene.set({ t: Number(slider.value) }, false),
      change: () => scene.set({ t: Number(slider.value) }),
    } });
  let forward = 1;
  const play = animation(kit, { testid: "play", still: [icon("play"), "Play"], moving: [icon("pause"), "Stop"],
    step: (seconds) => {
      const { t, frames, closed } = scene.state;
      const further = t + (forward * seconds * RATE) / frames;
      forward = further >= 1 && !closed ? -1 : further <= 0 ? 1 : forward;
      scene.set({ t: closed ? further % 1 : Math.min(1, Math.max(0, further)) }, false);
    }, end: () => scene.set({}) });
  const strip = h("div", { class: "strip" });
  const canvases = Array.from({ length: SHOWN }, (_, index) => {
    const canvas = tile(model);
    strip.append(h("button", { class: "strip-cell",
      "aria-label": `${Math.round((100 * index) / (SHOWN - 1))} % of the way`,
      data: { testid: `strip-${index}` }, on: { click: () => {
        play.stop();
        scene.set({ t: index / (SHOWN - 1) });
      } } }, canvas));
    return canvas;
  });
  const film = makeFilm(kit);
  const element = h("div", { class: "stack" }, h("div", { class: "row" }, fields[0].element, fields[1].element,
    h("button", { data: { testid: "swap" }, on: { click: () => scene.set({ ends: [...scene.state.ends].reverse(),
      t: 1 - scene.state.t }) } }, "Swap"), play.element), h("div", { class: "stack close-stack" }, strip, slider),
        film.element);

  const latest = latestTiles(kit, "strip", SHOWN, canvases, strip);
  let drawn = "";
  return {
    element,
    show: (state, settled) => {
      state.ends.forEach((seed, index) => fields[index].show(seed));
      slider.value = String(state.t);
      slider.setAttribute("aria-valuetext", `${Math.round(100 * state.t)} % of the way`);
      film.show(state);
      const places = canvases.map((_, index) => ({ ...commonOf(state), latent: { between: { seeds: state.ends,
        t: index / (SHOWN - 1) } } }));
      const key = JSON.stringify(places);
      if (settled && key !== drawn) {
        drawn = key;
        latest.ask(places);
      }
    },
  };
}

/**
 * Two other ends.
 * @param {Kit} kit
 */
export function newEnds({ scene, say }) {
  const ends = [randomSeed(), randomSeed()];
  scene.set({ ends });
  say(`From ${ends[0]} to ${ends[1]}`);
}

/**
 * What the way is written as.
 * @param {Kit} kit
 * @returns {{element: HTMLElement, show: (state: State) => void}}
 */
function makeFilm({ model, client, scene, say, fail, well }) {
  const frames = h("input", { type: "number", class: "seed", min: "2", max: "240", step: "1",
    data: { testid: "frames" }, on: { change: () => {
      const value = Math.round(Number(frames.value));
      frames.setAttribute("aria-invalid", String(!(value >= 2 && value <= 240)));
      if (value >= 2 && value <= 240) {
        scene.set({ frames: value });
      }
    } } });
  const closed = h("input", { type: "checkbox", data: { testid: "loop" },
    on: { change: () => scene.set({ closed: closed.checked }) } });
  const seconds = h("span", { class: "soft small" });
  const write = async (/** @type {string} */ format, /** @type {HTMLButtonElement} */ button) => {
    button.disabled = true;
    const { ends, frames: count, closed: round } = scene.state;
    try {
      const place = { ...commonOf(scene.state), latent: {} };
      const name = await client.save("film", { place, seeds: ends, frames: count, closed: round, rate: RATE, format });
      say(`${name} is saved.`);
      well();
    } catch (error) {
      fail(/** @type {Error} */ (error));
    }
    button.disabled = false;
  };
  const formats = ["gif", ...(model.film.mp4 ? ["mp4"] : []), "png"].map((format) => {
    const button = h("button", { data: { testid: `film-${format}` }, on: { click: () => write(format, button) } },
      icon("download"), format === "png" ? "Sheet (PNG)" : format.toUpperCase());
    return button;
  });
  const command = makeCommand("film-command");
  const element = h("div", { class: "stack close-stack" },
    h("div", { class: "row" }, h("label", { class: "field inline" }, "Frames", frames),
      h("label", { class: "row" }, closed, "And back"), seconds, formats), command.element);
  return { element, show: (state) => {
    if (document.activeElement !== frames) {
      frames.value = String(state.frames);
    }
    closed.checked = state.closed;
    command.show(filmCommandOf(state, model));
    fill(seconds, `${(((state.closed ? 2 : 1) * state.frames) / RATE).toFixed(1)} s`);
  } };
}
