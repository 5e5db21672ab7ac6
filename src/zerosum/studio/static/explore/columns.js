// @ts-check
/** How often the values of each column come: generated rows as bars under the line of the real ones, or numbers. */

import { fill, h } from "../core/dom.js";
import { number, percent } from "../core/words.js";

/**
 * @typedef {object} Panel
 * @property {string} name
 * @property {string} kind
 * @property {boolean} number
 * @property {string[]} labels what each bin is called
 * @property {number[] | null} real shares of the real rows
 * @property {number[]} fake shares of the generated rows
 * @property {string} low what stands below the first bin
 * @property {string} high what stands below the last one
 */

const WIDTH = 240;
const HEIGHT = 96;

/**
 * @returns {{element: HTMLElement, show: (found: {real: number | null, fake: number, columns: Panel[]},
 *   condition: string | null) => void}}
 */
export function makeColumns() {
  /** @type {Panel[]} */
  let panels = [];
  const words = h("p", { class: "soft small", role: "status" }, "Comparing the columns …");
  const order = h("select", { "aria-label": "Order", data: { testid: "columns-order" }, on: { change: () => draw() } },
    h("option", { value: "table" }, "as in the table"), h("option", { value: "apart" }, "most different first"));
  const numbers = h("input", { type: "checkbox", data: { testid: "columns-numbers" }, on: { change: () => draw() } });
  const grid = h("div", { class: "column-charts" });
  const key = h("p", { class: "row small key", "aria-hidden": "true" }, h("span", { class: "key-real" }), "real",
    h("span", { class: "key-fake" }), "generated");
  const element = h("section", { class: "card stack", "aria-labelledby": "columns-title", data: { testid: "columns" } },
    h("div", { class: "row spread" }, h("h2", { id: "columns-title" }, "Columns"),
      h("div", { class: "row" }, key, order,
      h("label", { class: "row small" }, numbers, "As numbers"))), words, grid);
  const draw = () => {
    const sorted = order.value === "apart" ? [...panels].sort((one, other) => apartOf(other) - apartOf(one)) : panels;
    fill(grid, sorted.map((panel) => (numbers.checked ? tableOf(panel) : chartOf(panel))));
  };
  return { element, show: (found, condition) => {
    panels = found.columns;
    const fake = `${number(found.fake)} generated rows`;
    words.textContent = found.real === null ? `${fake}; the real ones are not here.`
      : `${fake} beside ${number(found.real)} real ones${condition === null ? "" : " that are as asked"}.`;
    draw();
    grid.dataset.drawn = "true";
  } };
}

/**
 * Total variation distance of the two sides, from 0 to 1.
 * @param {Panel} panel
 * @returns {number}
 */
export function apartOf({ real, fake }) {
  return real === null ? 0 : fake.reduce((sum, share, bin) => sum + Math.abs(share - real[bin]), 0) / 2;
}

/**
 * @param {Panel} panel
 * @returns {HTMLElement}
 */
function chartOf(panel) {
  const { name, labels, real, fake, low, high } = panel;
  const most = Math.max(...fake, ...(real ?? []), 1e-9);
  const bin = WIDTH / fake.length;
  const height = (/** @type {number} */ share) => (HEIGHT - 2) * (share / most);
  const bars = fake.map((share, at) => h("rect", { class: "bar-fake", x: at * bin + 0.5, width: Math.max(0.5, bin - 1),
    y: HEIGHT - height(share), height: height(share) }, h("title", null, `${labels[at]}: ${percent(share)} generated${
    real === null ? "" : `, ${percent(real[at])} real`}`)));
  // A line in steps: up or down where a bin begins, then along it.
  const steps = (real ?? []).map((share, at) => {
    const up = (HEIGHT - height(share)).toFixed(1);
    return `${at ? `V${up}` : `M0 ${up}`}H${((at + 1) * bin).toFixed(1)}`;
  }).join("");
  return h("figure", { class: "column", data: { testid: `column-${name}` } },
    h("figcaption", { class: "row spread" }, h("strong", null, name),
      real !== null && h("span", { class: "soft small" }, `${percent(apartOf(panel))} apart`)),
    h("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": sentenceOf(panel),
      preserveAspectRatio: "none" }, bars,
      real !== null && h("path", { class: "line-real", d: steps })),
    h("div", { class: "row spread soft small ends" }, h("span", null, low), h("span", null, high)));
}

/**
 * @param {Panel} panel
 * @returns {string}
 */
export function sentenceOf(panel) {
  const { name, labels, real, fake } = panel;
  const commonest = (/** @type {number[]} */ shares) => {
    const at = shares.indexOf(Math.max(...shares));
    return `${labels[at]} with ${percent(shares[at])}`;
  };
  if (real === null) {
    return `${name}: the commonest generated value is ${commonest(fake)}.`;
  }
  const gaps = fake.map((share, at) => Math.abs(share - real[at]));
  const widest = gaps.indexOf(Math.max(...gaps));
  const apart = `${percent(real[widest])} real and ${percent(fake[widest])} generated`;
  return `${name}: commonest real ${commonest(real)}, generated ${commonest(fake)}; furthest apart at `
    + `${labels[widest]}, ${apart}; ${percent(apartOf(panel))} apart in all.`;
}

/**
 * @param {Panel} panel
 * @returns {HTMLElement}
 */
function tableOf({ name, labels, real, fake }) {
  return h("div", { class: "column numbers", tabindex: "0", role: "region", "aria-label": `${name} as numbers` },
    h("table", { class: "small" }, h("caption", null, name), h("thead", null,
    h("tr", null, h("th", { scope: "col" }, "Value"), real && h("th", { scope: "col", class: "number" }, "Real"),
      h("th", { scope: "col", class: "number" }, "Generated"))),
        h("tbody", null, labels.map((label, at) => h("tr", null,
    h("th", { scope: "row" }, label), real && h("td", { class: "number" }, percent(real[at])),
    h("td", { class: "number" }, percent(fake[at])))))));
}
