// @ts-check
/** One chart that lays a curve of several runs over each other. */

import { fill, h } from "../core/dom.js";
import { makeChart } from "../parts/chart.js";
import { LOOKS, nameOf } from "./letter.js";

/** @typedef {{[name: string]: (number | null)[]}} Columns */
/** @typedef {{progress: Columns, probe: Columns}} Series */
/** @typedef {{name: string, of: "probe" | "progress", column: string, caption: string, share?: boolean}} Curve */

/** @type {(name: string, column: string, caption: string, share?: boolean) => Curve} */
const looked = (name, column, caption, share) => ({ name, of: "probe", column, caption, share });
/** @type {(name: string, column: string, caption: string, share?: boolean) => Curve} */
const recorded = (name, column, caption, share) => ({ name, of: "progress", column, caption, share });

/** @type {{[key: string]: Curve}} */
const CURVES = {
  quality: looked("Distance to the data", "quality", "Smaller is better. Compare runs on the same data only."),
  precision: looked("Precision", "precision", "Share of the samples that look like some real one.", true),
  recall: looked("Recall", "recall", "Share of the real samples that the generator can reach.", true),
  coverage: looked("Coverage", "coverage", "Share of the real samples with a generated one nearby.", true),
  variety: looked("Variety", "variety", "1 is as diverse as the data."),
  real: recorded("Judged right, real", "discriminator/accuracy_real",
    "Share of real samples that the discriminator judges right. 50 % is not victory.", true),
  fake: recorded("Judged right, generated", "discriminator/accuracy_fake",
    "Share of generated samples that the discriminator judges right. 50 % is not victory.", true),
  speed: recorded("Samples a second", "samples_per_second", "How fast it trained."),
};

export class Curves {
  constructor() {
    /** @type {string[]} */
    this.ids = [];
    /** @type {Series[]} */
    this.series = [];
    /** @type {import("../parts/chart.js").Chart | null} */
    this.chart = null;
    this.moment = 0;
    this.drawn = "";
    this.place = h("div");
    const heard = { change: () => this.draw() };
    this.curve = h("select", { id: "curve", data: { testid: "curve" }, on: heard });
    this.axis = h("select", { id: "curve-axis", data: { testid: "curve-axis" }, on: heard },
      h("option", { value: "samples" }, "samples seen"), h("option", { value: "seconds" }, "time"));
    const choices = h("div", { class: "row" }, h("label", { for: "curve" }, "Curve"), this.curve,
      h("label", { for: "curve-axis" }, "over"), this.axis);
    this.element = h("section", { class: "stack", "aria-label": "Curves" }, choices, this.place);
  }

  /**
   * @param {string[]} ids
   * @param {Series[]} series of each
   */
  show(ids, series) {
    [this.ids, this.series] = [ids, series];
    const known = Object.keys(CURVES).filter((key) => series.some((one) => columnOf(one, CURVES[key]).length));
    this.element.hidden = !known.length;
    if (known.length !== this.curve.options.length) {
      const chosen = this.curve.value;
      fill(this.curve, known.map((key) => h("option", { value: key }, CURVES[key].name)));
      this.curve.value = known.includes(chosen) ? chosen : known[0] ?? "";
    }
    if (known.length) {
      this.draw();
    }
  }

  draw() {
    const curve = CURVES[this.curve.value];
    const over = this.axis.value;
    this.prepare(curve);
    const lines = this.series.map((one, index) => ({ name: `${nameOf(index)} ${this.ids[index]}`,
      x: (one[curve.of][over] ?? []).map(Number), y: columnOf(one, curve), noisy: curve.of === "progress",
      ...LOOKS[index] }));
    this.chart?.show({ lines: lines.filter((line) => line.y.length), axis: over, at: this.shownMoment() });
  }

  /**
   * Makes another chart where another curve, or another kind of axis, is to be shown.
   * @param {Curve} curve
   */
  prepare({ name, caption, share = false, column }) {
    // Distances without bias fall below 0 by chance, for which a logarithmic axis has no place.
    const distances = this.series.flatMap((one) => one.probe.quality ?? []);
    const logarithmic = column === "quality" && distances.every((value) => value === null || value > 0);
    if (this.drawn !== `${column} ${logarithmic}`) {
      this.drawn = `${column} ${logarithmic}`;
      this.chart?.destroy();
      this.chart = makeChart({ title: name, caption, testid: "compare-chart", unit: share ? "share" : "number",
        logarithmic, height: 260, ...share && { range: () => [0, 1] } });
      fill(this.place, this.chart.element);
    }
  }

  /** @param {number} samples the moment that the pictures show */
  at(samples) {
    this.moment = samples;
    this.chart?.at(this.shownMoment());
  }

  shownMoment() {
    return this.axis.value === "samples" ? this.moment : null;
  }

  stop() {
    this.chart?.destroy();
  }
}

/**
 * @param {Series} series
 * @param {Curve} curve
 * @returns {(number | null)[]}
 */
function columnOf(series, { of, column }) {
  return series[of][column] ?? [];
}
