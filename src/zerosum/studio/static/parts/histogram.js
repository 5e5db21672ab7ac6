// @ts-check
/**
 * Mirrored histograms on one axis: what the discriminator answers to real samples above, to generated ones below.
 *
 *     const histogram = makeHistogram({ testid: "scores" });
 *     parent.append(histogram.element);
 *     histogram.show(scores);     // of an event "probe"; null where there is none
 *
 * Real is green and filled, generated orange and hatched, held-out real samples are a dashed outline; triangles stand
 * at the means, and a line at the answer that parts real from generated, if one does: a critic's answers mean something
 * only beside each other. The same is said in a sentence (`aria-label`).
 */

import { fill, h } from "../core/dom.js";
import { number, percent } from "../core/words.js";
import { tick } from "./ticks.js";

/**
 * @typedef {object} Scores as in the event "probe"
 * @property {number} samples seen by then
 * @property {number} logit_middle the answer that parts real from generated
 * @property {number} logit_reach bins lie between middle - reach and middle + reach
 * @property {number[]} logits_trained counts of real samples that the discriminator was trained on
 * @property {number[]} logits_fake counts of generated samples
 * @property {number[]} [logits_held_out] counts of real samples that it never saw
 */

const HEIGHT = 60; // of either half, in the drawing's units; a bin is 1 wide

/**
 * The mean answer, as far as the bins tell.
 * @param {number[]} bins
 * @param {Scores} scores
 * @returns {number}
 */
export function meanOf(bins, { logit_middle: middle, logit_reach: reach }) {
  const all = sum(bins);
  const place = (/** @type {number} */ bin) => (2 * bin + 1) / bins.length - 1;
  return middle + bins.reduce((total, count, bin) => total + (count / all) * reach * place(bin), 0);
}

/**
 * The share of answers that take samples for real.
 * @param {number[]} bins
 * @returns {number}
 */
export function takenForReal(bins) {
  return sum(bins.slice(bins.length / 2)) / sum(bins);
}

/**
 * The chance that one of the answers is above one of the others; within a bin, ties count half.
 * @param {number[]} real
 * @param {number[]} fake
 * @returns {number}
 */
export function areaUnderCurve(real, fake) {
  let below = 0;
  let pairs = 0;
  real.forEach((count, bin) => {
    pairs += count * (below + fake[bin] / 2);
    below += fake[bin];
  });
  return pairs / (sum(real) * sum(fake));
}

/** @param {{testid: string}} settings */
export function makeHistogram({ testid }) {
  const drawing = h("div", { class: "histogram-drawing", role: "img",
    "aria-label": "Answers of the discriminator: no look yet", data: { testid } });
  const axis = h("div", { class: "histogram-axis small soft", "aria-hidden": "true" });
  const when = h("span", { class: "histogram-when soft" });
  const below = h("p", { class: "histogram-sides small soft", "aria-hidden": "true" });
  const held = h("span", { class: "key held" }, "real, held out");
  const element = h("figure", { class: "histogram" }, h("figcaption", { class: "histogram-keys small" },
    h("span", { class: "key real" }, "D of real"), held, h("span", { class: "key fake" }, "D of generated"), when),
  drawing, axis, below);
  return {
    element,
    /**
     * @param {Scores | null} scores
     * @param {boolean} [critic] whether only differences of answers mean anything
     */
    show: (scores, critic = false) => {
      element.hidden = scores === null;
      if (scores) {
        held.hidden = !scores.logits_held_out;
        when.textContent = `after ${number(scores.samples)} samples`;
        const sides = critic ? ["scored lower", "scored higher"] : ["taken for generated", "taken for real"];
        drawing.setAttribute("aria-label", sentence(scores, critic));
        fill(drawing, picture(scores, critic), means(scores));
        fill(below, h("span", null, `\u2190 ${sides[0]}`), h("span", null, `${sides[1]} \u2192`));
        fill(axis, ticks(scores).map((value) => {
          const element = h("span", null, tick(value));
          element.style.left = `${part(value, scores)}%`;
          return element;
        }));
      }
    },
  };
}

/**
 * @param {Scores} scores
 * @param {boolean} critic
 */
function picture({ logits_trained: real, logits_fake: fake, logits_held_out: held }, critic) {
  const shares = [real, fake, held ?? []].map((bins) => bins.map((count) => count / Math.max(1, sum(bins))));
  const most = Math.max(...shares.flat(), 1e-9);
  const [up, down, outline] = shares.map((bins) => bins.map((share) => (share / most) * (HEIGHT - 6)));
  const width = real.length;
  return h("svg", { viewBox: `0 ${-HEIGHT} ${width} ${2 * HEIGHT}`, preserveAspectRatio: "none",
    "aria-hidden": "true" }, h("path", { class: "real", d: bars(up, -1) }),
  h("path", { class: "fake", d: bars(down, 1) }), h("path", { class: "hatch", d: hatches(down) }),
    held && h("path", { class: "held", d: steps(outline, -1) }), h("path", { class: "zero", d: `M0 0H${width}` }),
    !critic && h("path", { class: "middle", d: `M${width / 2} ${-HEIGHT}V${HEIGHT}` }));
}

/**
 * @param {number[]} heights
 * @param {number} sign
 */
function bars(heights, sign) {
  return heights.map((height, bin) => (height ? `M${bin + 0.06} 0V${(sign * height).toFixed(2)}h.88V0Z` : "")).join("");
}

/**
 * Lines across bars, so that they are known without their colour.
 * @param {number[]} heights
 */
function hatches(heights) {
  const step = 5;
  return heights.map((height, bin) => Array.from({ length: Math.floor(height / step) }, (_, line) =>
    `M${bin + 0.06} ${((line + 1) * step).toFixed(2)}h.88`).join("")).join("");
}

/**
 * @param {number[]} heights
 * @param {number} sign
 */
function steps(heights, sign) {
  return `M0 0${heights.map((height, bin) => `V${(sign * height).toFixed(2)}H${bin + 1}`).join("")}V0`;
}

/**
 * Triangles at the means, as elements: in the drawing they would be stretched.
 * @param {Scores} scores
 */
function means(scores) {
  return [["real", scores.logits_trained], ["fake", scores.logits_fake]].map(([name, bins]) => {
    const mean = meanOf(/** @type {number[]} */ (bins), scores);
    const element = h("span", { class: `mean ${name}` });
    element.style.left = `${Math.max(0, Math.min(100, part(mean, scores)))}%`;
    return element;
  });
}

/**
 * @param {number} value
 * @param {Scores} scores
 * @returns {number} where it stands on the axis, from 0 to 100
 */
function part(value, { logit_middle: middle, logit_reach: reach }) {
  return 50 + (50 * (value - middle)) / reach;
}

/**
 * Round numbers between the ends of the axis; the reach is 1, 2 or 5 times a power of ten.
 * @param {Scores} scores
 * @returns {number[]}
 */
function ticks({ logit_middle: middle, logit_reach: reach }) {
  const step = reach / 2;
  const first = Math.ceil((middle - 0.92 * reach) / step);
  return [0, 1, 2, 3].map((index) => Number(((first + index) * step).toPrecision(6)))
    .filter((value) => value <= middle + 0.92 * reach);
}

/**
 * @param {Scores} scores
 * @param {boolean} critic
 */
function sentence(scores, critic) {
  const { samples, logits_trained: real, logits_fake: fake, logits_held_out: held } = scores;
  const mean = (/** @type {number[]} */ bins) => `${number(meanOf(bins, scores))} on average`;
  const begin = `Answers of the discriminator after ${number(samples)} samples. `;
  if (critic) {
    const other = held ? `, real samples that it was not trained on: ${mean(held)}` : "";
    return `${begin}Real samples: ${mean(real)}${other}, generated samples: ${mean(fake)}. A real sample is scored `
      + `above a generated one in ${percent(areaUnderCurve(real, fake))} of pairs.`;
  }
  const other = held ? `; of real samples that it was not trained on, ${percent(takenForReal(held))}` : "";
  return `${begin}Real samples: ${mean(real)}, ${percent(takenForReal(real))} are taken for real${other}. Generated `
    + `samples: ${mean(fake)}, ${percent(takenForReal(fake))} are taken for real. The threshold is `
    + `${number(scores.logit_middle)}.`;
}

/** @param {number[]} bins */
function sum(bins) {
  return bins.reduce((total, count) => total + count, 0);
}
