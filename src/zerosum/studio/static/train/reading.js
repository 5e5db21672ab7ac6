// @ts-check
/** How the game stands at a moment, in a sentence; pure functions of a run's numbers. */

import { latest, lastBefore, median, isNumber } from "../parts/lines.js";
import { areaUnderCurve } from "../parts/histogram.js";
import { number, percent } from "../core/words.js";

/** @typedef {import("./record.js").Record} RunRecord */
/** @typedef {import("./record.js").Scores} Scores */

/**
 * @typedef {object} Reading
 * @property {string} word the state in a word or two
 * @property {"good" | "note" | "warn"} level
 * @property {string} sentence
 * @property {string} more what goes with it; may be empty
 */

const RECENT = 9; // records that a reading of records is the median of
const PLAINLY_NOT_REAL = 0.9; // a fresh classifier that is right as often sees at once what is generated
const STRONG = 0.9; // right more often than this, a discriminator presses hard
const FAR_AHEAD = 0.97; // and more often than this, it may leave the generator nothing to learn from

/**
 * Where shares of `count` lie when a coin decides, in 95 of 100 cases (the normal approximation of the binomial).
 * @param {number} count
 * @returns {[number, number]}
 */
export function chance(count) {
  const width = Math.min(0.5, 1.96 * Math.sqrt(0.25 / count));
  return [0.5 - width, 0.5 + width];
}

/**
 * Where the area under the curve of `count` real and as many generated answers lies by chance: Mann and Whitney's
 * statistic has the variance (2 n + 1) / (12 n^2).
 * @param {number} count
 * @returns {[number, number]}
 */
export function chanceOfArea(count) {
  const width = Math.min(0.5, 1.96 * Math.sqrt((2 * count + 1) / (12 * count * count)));
  return [0.5 - width, 0.5 + width];
}

/**
 * The histograms of the last look at or before a moment.
 * @param {Scores[]} histograms
 * @param {number} samples
 * @returns {Scores | null}
 */
export function scoresAt(histograms, samples) {
  const at = lastBefore(histograms.map((one) => one.samples), samples);
  return histograms[Math.max(0, at)] ?? null;
}

/**
 * A number of the last look at or before a moment.
 * @param {RunRecord} record
 * @param {string} name
 * @param {number} samples
 * @returns {number | null}
 */
export function looked(record, name, samples) {
  const at = lastBefore(/** @type {number[]} */ (record.probe.of("samples")), samples);
  return latest(record.probe.of(name), Math.max(0, at));
}

/**
 * The median of the latest records at or before a moment.
 * @param {RunRecord} record
 * @param {string} name
 * @param {number} samples
 * @returns {number | null}
 */
export function recorded(record, name, samples) {
  const at = lastBefore(/** @type {number[]} */ (record.progress.of("samples")), samples);
  const values = record.progress.of(name).slice(Math.max(0, at + 1 - RECENT), at + 1).filter(isNumber);
  return values.length ? median(values) : null;
}

/**
 * Whether only differences of answers mean anything, so that there is no share judged right.
 * @param {RunRecord} record
 */
export function isCritic(record) {
  return record.detail.even === null;
}

/**
 * How the discriminator and the generator stand to each other.
 * @param {RunRecord} record
 * @param {number} samples the moment
 * @returns {Reading | null} null where there is no discriminator, or nothing was seen yet
 */
export function readGame(record, samples) {
  if (record.detail.even === undefined) {
    return null;
  }
  return isCritic(record) ? readCritic(record, samples) : readDiscriminator(record, samples);
}

/**
 * @param {RunRecord} record
 * @param {number} samples
 * @returns {Reading | null}
 */
function readDiscriminator(record, samples) {
  const [real, fake] = ["judged_real", "judged_fake"].map((name) => looked(record, name, samples));
  if (real === null || fake === null) {
    return null;
  }
  const share = (real + fake) / 2;
  const count = 2 * (record.start.looked_at ?? 256);
  const [low, high] = chance(count);
  const held = looked(record, "judged_held_out", samples);
  const more = [`Chance is ${share1(low)} to ${share1(high)} for ${number(count)} samples.`,
    held === null ? "" : `It takes ${percent(real)} of the real samples it trained on for real, and ${percent(held)} `
      + "of those it never saw."];
  const fresh = looked(record, "fresh_accuracy", samples);
  return { ...grade(share, low, high, `D is right ${percent(share)} of the time`, fresh), more: more.join(" ") };
}

/**
 * @param {RunRecord} record
 * @param {number} samples
 * @returns {Reading | null}
 */
function readCritic(record, samples) {
  const scores = scoresAt(record.histograms, samples);
  const area = scores ? areaUnderCurve(scores.logits_trained, scores.logits_fake)
    : recorded(record, "discriminator/auc", samples);
  if (area === null || !Number.isFinite(area)) {
    return null;
  }
  const [low, high] = chanceOfArea(scores ? record.start.looked_at ?? 256 : record.start.batch ?? 64);
  const gap = recorded(record, "discriminator/gap", samples);
  const spread = recorded(record, "discriminator/spread", samples);
  const apart = gap === null || !spread ? ""
    : `The means are ${number(gap / spread, 2)} spreads apart; 2 is the most there is. `;
  return { ...grade(area, low, high, `D scores a real sample above a generated one in ${percent(area)} of pairs`,
    looked(record, "fresh_accuracy", samples)),
  more: `${apart}Only differences of its scores mean anything, so there is no share judged right.` };
}

/**
 * @param {number} share
 * @param {number} low of chance
 * @param {number} high of chance
 * @param {string} fact
 * @param {number | null} fresh how often a classifier is right that never trained against this generator
 * @returns {{word: string, level: "good" | "note" | "warn", sentence: string}}
 */
function grade(share, low, high, fact, fresh) {
  if (share < low) {
    return { word: "outrun", level: "note",
      sentence: `${fact}, which is less than by guessing: the generator has just outrun it.` };
  }
  if (share <= high) {
    if (fresh !== null && fresh > PLAINLY_NOT_REAL) {
      return { word: "guessing", level: "warn", sentence: `${fact}: it guesses, while a fresh classifier tells real `
        + `from generated in ${percent(fresh)} of cases. That is no victory of the generator: D sees too little.` };
    }
    const other = fresh === null ? "" : ` A fresh classifier is right in ${percent(fresh)} of cases.`;
    return { word: "even", level: "note",
      sentence: `${fact}, as by guessing. 50 % is not victory by itself: the distance to the data tells.${other}` };
  }
  if (share > FAR_AHEAD) {
    return { word: "far ahead", level: "warn", sentence: `${fact}: far ahead. If the samples stand still meanwhile, `
      + "the generator has nothing left to learn from." };
  }
  if (share > STRONG) {
    return { word: "strong", level: "note", sentence: `${fact}: strong pressure on the generator.` };
  }
  return { word: "healthy", level: "good", sentence: `${fact}: healthy pressure.` };
}

/** @param {number} share */
function share1(share) {
  return `${(100 * share).toFixed(1)} %`;
}
