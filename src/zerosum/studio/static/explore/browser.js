// @ts-check
/** A sheet of numbered samples to choose from, by pointer or by keys: one stop for Tab, arrows inside. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { Latest } from "./latest.js";
import { drawTile, tile } from "./tiles.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").Place} Place */

/**
 * @param {Kit} kit
 * @param {object} options
 * @param {string} options.name of the view, and of what tests look for
 * @param {string} options.label
 * @param {number} options.count samples on a sheet
 * @param {number} options.columns where there is room
 * @param {(seed: number) => void} options.onChoose
 * @param {(seed: number, key: string) => boolean} [options.onKey] whether it has taken the key
 * @param {boolean} [options.many] whether several can be chosen
 * @returns {{element: HTMLElement, next: () => void, to: (seed: number) => void,
 *   show: (common: Place, marks: (seed: number) => string | null) => void}} marks: what a chosen sample is marked with
 */
export function makeBrowser(kit, { name, label, count, columns, onChoose, onKey = () => false, many = false }) {
  let first = 0;
  let shown = "";
  /** @type {Place} */
  let common = {};
  /** @type {(seed: number) => string | null} */
  let marks = () => null;
  const cells = Array.from({ length: count }, (_, index) => cell(kit, `${name}-${index}`));
  const grid = h("div", { class: "browser", role: "listbox", "aria-label": label, "aria-multiselectable": String(many),
    data: { testid: name } }, cells.map(({ option }) => option));
  grid.style.setProperty("--columns", String(columns));
  const range = h("span", { class: "soft small", "aria-live": "polite" });
  const turn = (/** @type {number} */ by) => {
    first = Math.max(0, first + by * count);
    draw();
  };
  const back = h("button", { class: "quiet icon", "aria-label": "Samples before", data: { testid: `${name}-back` },
    on: { click: () => turn(-1) } }, icon("left"));
  const on = h("button", { class: "quiet icon", "aria-label": "More samples", data: { testid: `${name}-more` },
    on: { click: () => turn(1) } }, icon("right"));
  const element = h("div", { class: "stack close-stack" }, h("div", { class: "row spread" }, h("h3", null, label),
    h("div", { class: "row" }, range, back, on)), grid);

  const latest = new Latest((/** @type {Place[]} */ places, signal) => kit.client.tiles(name, places, columns, signal),
    (tiles) => {
      cells.forEach(({ canvas, option }, index) => {
        drawTile(canvas, tiles, index);
        option.title = tiles.told[index] ?? "";
      });
      tiles.bitmap.close();
      describe();
      grid.dataset.first = String(first);
    }, kit.fail);
  kit.left.addEventListener("abort", () => latest.stop());

  const draw = () => {
    back.disabled = first === 0;
    fill(range, `${first} to ${first + count - 1}`);
    const places = cells.map((_, index) => ({ ...common, latent: { seed: first + index } }));
    const key = JSON.stringify(places);
    if (key !== shown) {
      shown = key;
      latest.ask(places);
    }
    describe();
  };
  const describe = () => cells.forEach(({ option, number }, index) => {
    const seed = first + index;
    const mark = marks(seed);
    fill(number, `${seed} `, mark && h("b", null, `in ${mark}`));
    option.setAttribute("aria-selected", String(mark !== null));
    option.setAttribute("aria-label", [`Sample ${seed}${mark ? ` in ${mark}` : ""}`,
      option.title].filter(Boolean).join(", "));
    option.dataset.seed = String(seed);
  });

  const focus = (/** @type {number} */ index) => {
    cells.forEach(({ option }, at) => option.setAttribute("tabindex", at === index ? "0" : "-1"));
    cells[index].option.focus();
  };
  cells.forEach(({ option }, index) => {
    option.setAttribute("tabindex", index ? "-1" : "0");
    option.addEventListener("click", () => {
      focus(index);
      onChoose(first + index);
    });
    option.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", String(first + index)));
  });
  grid.addEventListener("keydown", (event) => {
    const index = cells.findIndex(({ option }) => option === document.activeElement);
    const across = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const to = moved(event.key, index, across, count);
    if (to !== null) {
      focus(to);
    } else if (event.key === "Enter" || event.key === " ") {
      onChoose(first + index);
    } else if (event.key === "PageDown" || event.key === "PageUp") {
      turn(event.key === "PageDown" ? 1 : -1);
    } else if (event.ctrlKey || event.metaKey || event.altKey || !onKey(first + index, event.key)) {
      return;
    }
    event.preventDefault();
  });

  return {
    element,
    show: (next, isMarked) => {
      common = next;
      marks = isMarked;
      draw();
    },
    next: () => turn(1),
    to: (seed) => {
      if (seed < first || seed >= first + count) {
        first = Math.floor(seed / count) * count;
        draw();
      }
    },
  };
}

/**
 * @param {Kit} kit
 * @param {string} testid
 */
function cell({ model }, testid) {
  const canvas = tile(model);
  const number = h("span", { class: "tile-number", "aria-hidden": "true" });
  const option = h("div", { class: "cell", role: "option", draggable: "true", "aria-selected": "false",
    data: { testid } }, canvas, number);
  return { canvas, number, option };
}

/**
 * Where a key leads in a grid.
 * @param {string} key
 * @param {number} index
 * @param {number} across
 * @param {number} count
 * @returns {number | null} null where it leads nowhere
 */
export function moved(key, index, across, count) {
  /** @type {{[key: string]: number}} */
  const ways = { ArrowLeft: index - 1, ArrowRight: index + 1, ArrowUp: index - across, ArrowDown: index + across,
    Home: 0,
    End: count - 1 };
  return key in ways ? Math.min(count - 1, Math.max(0, ways[key])) : null;
}
