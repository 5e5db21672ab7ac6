// @ts-check
/** The charts of a run: which there are, and what each draws of the run's numbers. Pure but for `makePlots`. */

import { number } from "../core/words.js";
import { makeChart } from "../parts/chart.js";
import { meanOf } from "../parts/histogram.js";
import { extent, isNumber } from "../parts/lines.js";
import { batchOf, chance, chanceOfArea, isCritic } from "./reading.js";

/** @typedef {import("./record.js").Record} RunRecord */
/** @typedef {import("../parts/chart.js").Drawing} Drawing */
/** @typedef {import("../parts/chart.js").Band} Band */
/** @typedef {import("../parts/chart.js").Mark} Mark */
/** @typedef {import("../parts/lines.js").Line} Line */
/** @typedef {Omit<Line, "x" | "y">} Look */
/** @typedef {{lines: Line[], bands?: Band[], marks?: Mark[], summary?: string}} Content */

/**
 * @typedef {object} Plot
 * @property {string} title
 * @property {string} caption
 * @property {string} testid
 * @property {"number" | "share"} [unit]
 * @property {boolean} [logarithmic]
 * @property {(low: number, high: number) => [number, number]} [range]
 * @property {(draw: Draw) => Content | null} content null where there is nothing to draw
 */

const FLOOR = 1e-12;

/** What plots read lines from. */
class Draw {
  /**
   * @param {RunRecord} record
   * @param {string} axis
   */
  constructor(record, axis) {
    this.record = record;
    this.axis = axis;
  }

  /**
   * @param {"progress" | "probe"} kind
   * @param {string} column
   * @param {Look} look
   * @returns {Line[]} none where there are no numbers
   */
  line(kind, column, look) {
    const columns = this.record[kind];
    if (!columns.has(column)) {
      return [];
    }
    const x = /** @type {number[]} */ (columns.of(this.axis));
    return [{ ...look, noisy: kind === "progress", x, y: columns.of(column) }];
  }

  /**
   * @param {Line[]} lines
   * @param {Omit<Content, "lines">} [more]
   * @returns {Content | null}
   */
  of(lines, more = {}) {
    return lines.length ? { lines, ...more } : null;
  }

  /**
   * A height that means something, where the studio says where it lies.
   * @param {string} name
   * @param {(height: number) => Band} band
   * @returns {Band[]}
   */
  above(name, band) {
    const height = this.record.detail.thresholds?.[name];
    return height === undefined ? [] : [band(height)];
  }
}

/** @type {Look} */
const REAL = { name: "real", tone: "real", marker: "circle" };
/** @type {Look} */
const FAKE = { name: "generated", tone: "fake", dash: "dashed", marker: "diamond" };
/** @type {Look} */
const HELD = { name: "real, held out", tone: "third", dash: "dotted", marker: "square" };
/** @type {{[player: string]: Look}} */
const PLAYERS = {
  discriminator: { name: "discriminator", tone: "fourth", marker: "square" },
  generator: { name: "generator", tone: "fake", dash: "dashed", marker: "diamond" },
};

/** The chart that stands beside the samples. @type {Plot} */
const FIRST = {
  title: "Distance to the data", testid: "quality", logarithmic: true,
  caption: "Smaller is better; the best snapshot is chosen by it.",
  content: (draw) => quality(draw),
};

/** @type {Plot[]} */
const PLOTS = [
  {
    title: "Precision, recall, coverage", testid: "coverage", unit: "share", range: () => [0, 1],
    caption: "Precision: samples that look real. Recall, coverage: how much of the data is reached.",
    content: (draw) => draw.of([
      ...draw.line("probe", "precision", { name: "precision", tone: "fourth", marker: "square" }),
      ...draw.line("probe", "recall", { name: "recall", tone: "third", dash: "dashed", marker: "diamond" }),
      ...draw.line("probe", "coverage", { name: "coverage", tone: "real", dash: "dotted", marker: "circle" })]),
  },
  {
    title: "Diversity", testid: "diversity", range: (_, high) => [0, Math.min(2, Math.max(1.1, high))],
    caption: "As a part of the data's: 1 is right, near 0 all samples are alike.",
    content: (draw) => draw.of([
      ...draw.line("progress", "discriminator/diversity", { name: "in a batch", tone: "fourth" }),
      ...draw.line("probe", "variety", { name: "closer look", tone: "fake", dash: "dashed", marker: "diamond" })], {
      bands: draw.above("collapsed", (to) => ({ from: -Infinity, to, label: "collapse", tone: "alarm" })) }),
  },
  {
    title: "Judged right by the discriminator", testid: "accuracy", unit: "share", range: () => [0, 1],
    caption: "50 % is not victory: a weak discriminator guesses too. In the band it may be chance.",
    content: (draw) => (isCritic(draw.record) ? null : draw.of([
      ...draw.line("progress", "discriminator/accuracy_real", REAL),
      ...draw.line("progress", "discriminator/accuracy_fake", FAKE),
      ...draw.line("probe", "judged_held_out", HELD)], { bands: [half(chance(batchOf(draw.record)))] })),
  },
  {
    title: "Real scored above generated", testid: "area", unit: "share", range: (low) => [Math.min(0.4, low), 1.02],
    caption: "Share of pairs (AUC). At 100 % for long, the generator learns little from it.",
    content: (draw) => (isCritic(draw.record)
      ? draw.of(draw.line("progress", "discriminator/auc", { name: "pairs", tone: "fourth" }),
        { bands: [half(chanceOfArea(batchOf(draw.record)))] })
      : null),
  },
  {
    title: "Gap between the scores", testid: "gap", range: (low) => [Math.max(-2.05, Math.min(-0.1, low)), 2.05],
    caption: "In units of their spread: 0 is no difference, 2 the most there is.",
    content: (draw) => (isCritic(draw.record) ? gap(draw) : null),
  },
  {
    title: "Scores", testid: "means", caption: "The discriminator's mean answer, at the closer looks.",
    content: (draw) => meanScores(draw),
  },
  {
    title: "Gradient norms", testid: "gradients", logarithmic: true,
    caption: "Steady is good, whatever the height; growth without end is not, nor a generator's that vanishes.",
    content: (draw) => draw.of(Object.entries(PLAYERS).flatMap(([player, look]) =>
      draw.line("progress", `${player}/gradient_norm`, look)), { bands: gradientBands(draw) }),
  },
  {
    title: "Losses", testid: "losses",
    caption: "Loss is not quality: each depends on how good the other player is.",
    content: (draw) => draw.of(Object.entries(PLAYERS).flatMap(([player, look]) => losses(draw, player, look))),
  },
  {
    title: "Samples a second", testid: "speed", range: (_, high) => [0, high * 1.08],
    caption: "Measured over each record.",
    content: (draw) => draw.of(draw.line("progress", "samples_per_second",
      { name: "samples a second", tone: "fourth" })),
  },
];

/** @param {Draw} draw */
function gradientBands(draw) {
  const { exploded = Infinity } = draw.record.detail.thresholds ?? {};
  return [...draw.above("exploded", (from) => ({ from, to: Infinity, label: "exploding", tone: "alarm" })),
    ...draw.above("exploding", (from) => ({ from, to: exploded, label: "suspicious", tone: "warn" }))];
}

/**
 * The loss that each player plays for: named "adversarial" in games of two; a player alone has terms of its own.
 * @param {Draw} draw
 * @param {string} player
 * @param {Look} look
 */
function losses(draw, player, look) {
  const adversarial = draw.line("progress", `${player}/adversarial`, look);
  if (adversarial.length || draw.record.detail.even !== undefined) {
    return adversarial;
  }
  const terms = Object.keys(draw.record.progress.columns).map((name) => name.split("/"))
    .filter(([owner, term]) => owner === player && term !== "gradient_norm").map(([, term]) => term);
  const looks = [PLAYERS.generator, PLAYERS.discriminator, HELD, REAL];
  return terms.slice(0, looks.length).flatMap((term, index) =>
    draw.line("progress", `${player}/${term}`, { ...looks[index], name: term }));
}

/** @param {Draw} draw */
function quality(draw) {
  const lines = draw.line("probe", "quality", { name: "distance", tone: "fourth", marker: "circle" });
  if (!lines.length) {
    return null;
  }
  const { x, y } = lines[0];
  // Distances without bias fall below 0 by chance: no distance was found there.
  const shown = Array.from(y, (value) => (isNumber(value) && value <= 0 ? FLOOR : value));
  const known = shown.map((value, index) => ({ value, index })).filter(({ value }) => isNumber(value));
  const best = known.reduce((least, one) => (Number(one.value) < Number(least.value) ? one : least), known[0]);
  const { floor } = draw.record.start;
  const words = (/** @type {number} */ index) => (Number(y[index]) <= 0 ? "0" : number(Number(y[index])));
  const last = known[known.length - 1];
  const ago = best === last ? "the latest look" : `${known.length - 1 - known.indexOf(best)} looks ago`;
  return draw.of([{ ...lines[0], y: shown }], {
    marks: [{ x: x[best.index], label: `best ${words(best.index)}`, tone: "good" }],
    bands: floor > 0
      ? [{ from: -Infinity, to: floor, label: "as near as real samples to each other", tone: "good" }] : [],
    summary: `${words(last.index)} now; the smallest is ${words(best.index)}, ${ago}`
      + `${floor > 0 ? `; real samples among themselves: ${number(floor)}` : ""}. Smaller is better.`,
  });
}

/** @param {Draw} draw */
function gap(draw) {
  const lines = draw.line("progress", "discriminator/gap", { name: "gap over spread", tone: "third" });
  const spread = draw.record.progress.of("discriminator/spread");
  return draw.of(lines.map((line) => ({ ...line, y: Array.from(line.y, (value, row) =>
    (isNumber(value) && Number(spread[row]) > 0 ? value / Number(spread[row]) : null)) })));
}

/** @param {Draw} draw */
function meanScores({ record, axis }) {
  if (!record.histograms.length) {
    return null;
  }
  const along = record.probe.of(axis);
  const places = new Map(record.probe.of("samples").map((samples, row) => [samples, Number(along[row])]));
  const looks = record.histograms.filter((scores) => places.has(scores.samples));
  const x = looks.map((scores) => Number(places.get(scores.samples)));
  const held = looks.some((scores) => scores.logits_held_out);
  /** @type {(look: Look, name: "logits_trained" | "logits_fake" | "logits_held_out") => Line} */
  const line = (look, name) => ({ ...look, x,
    y: looks.map((scores) => (scores[name] ? meanOf(scores[name], scores) : null)) });
  return looks.length ? { lines: [line(REAL, "logits_trained"), ...(held ? [line(HELD, "logits_held_out")] : []),
    line(FAKE, "logits_fake")] } : null;
}

/** @param {[number, number]} band */
function half([from, to]) {
  return /** @type {Band} */ ({ from, to, middle: 0.5, label: "chance", tone: "soft" });
}

/**
 * Heights that show what nine tenths of a line do: one leap does not flatten all the rest.
 * @param {Line[]} lines
 * @returns {(low: number, high: number) => [number, number]}
 */
export function usual(lines) {
  return (low, high) => {
    const values = lines.flatMap((line) => Array.from(line.y).filter(isNumber)).sort((a, b) => a - b);
    if (!values.length) {
      return [0, 1];
    }
    const [few, most] = [values[Math.floor(0.1 * (values.length - 1))], values[Math.floor(0.9 * (values.length - 1))]];
    const [least, greatest] = [Math.max(low, 3 * few - 2 * most), Math.min(high, 3 * most - 2 * few)];
    const room = 0.06 * (greatest - least) || 0.5;
    return [least - room, greatest + room];
  };
}

/**
 * All charts of a run; a chart is there once there is something to draw.
 * @param {(range: [number, number] | null) => void} onZoom
 */
export function makePlots(onZoom) {
  /** @type {{plot: Plot, chart: import("../parts/chart.js").Chart, lines: Line[]}[]} */
  const all = [];
  /** @type {[number, number]} */
  let domain = [0, 1];
  const make = (/** @type {Plot} */ plot) => {
    const { content, range, ...settings } = plot;
    const entry = { plot, lines: /** @type {Line[]} */ ([]), chart: /** @type {any} */ (null) };
    /** @type {typeof range} */
    const around = plot.testid === "losses" ? (low, high) => usual(entry.lines)(low, high) : range;
    entry.chart = makeChart({ ...settings, range: around, group: "train", onZoom });
    entry.chart.element.hidden = true;
    all.push(entry);
    return entry.chart.element;
  };
  const first = make(FIRST);
  const others = PLOTS.map(make);
  return {
    first,
    others,
    /**
     * @param {RunRecord} record
     * @param {string} axis
     * @param {number | null} at the place on that axis that the page shows
     * @param {Mark[]} marks moments that all charts show
     */
    show: (record, axis, at, marks) => {
      const draw = new Draw(record, axis);
      const contents = all.map((entry) => entry.plot.content(draw));
      const places = contents.flatMap((content) => content?.lines.map((line) => line.x) ?? []);
      const [low, high] = extent([[at], ...places]) ?? [0, 1];
      domain = [low, Math.max(high, low + 1)];
      for (const [index, entry] of all.entries()) {
        const content = contents[index];
        entry.chart.element.hidden = content === null;
        if (content) {
          entry.lines = content.lines;
          const own = content.marks ?? [];
          const others = own.length ? marks : marks.map((mark) => ({ ...mark, label: "" }));
          entry.chart.show({ ...content, axis, at, domain, marks: [...others, ...own] });
        }
      }
    },
    /** @param {number | null} at */
    at: (at) => all.forEach(({ chart }) => chart.at(at)),
    /** @param {[number, number] | null} range */
    zoom: (range) => all.forEach(({ chart }) => chart.zoom(range)),
    /** @returns {[number, number]} all places there are */
    domain: () => domain,
    destroy: () => all.forEach(({ chart }) => chart.destroy()),
  };
}
