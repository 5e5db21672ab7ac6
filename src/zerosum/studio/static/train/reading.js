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
const FEWEST = 3; // records since a look that tell more than the look does
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
 * @param {number} [since] only records after that many samples, and only where there are some
 * @returns {number | null}
 */
export function recorded(record, name, samples, since = -1) {
  const places = /** @type {number[]} */ (record.progress.of("samples"));
  const at = lastBefore(places, samples);
  const first = Math.max(lastBefore(places, since) + 1, at + 1 - RECENT, 0);
  const values = record.progress.of(name).slice(first, at + 1).filter(isNumber);
  return values.length >= (since < 0 ? 1 : FEWEST) ? median(values) : null;
}

/**
 * Samples seen at the last look at or before a moment.
 * @param {RunRecord} record
 * @param {number} samples
 * @returns {number}
 */
function lookBefore(record, samples) {
  const places = /** @type {number[]} */ (record.probe.of("samples"));
  return places[Math.max(0, lastBefore(places, samples))] ?? 0;
}

/**
 * Whether only differences of answers mean anything, so that there is no share judged right.
 * @param {RunRecord} record
 */
export function isCritic(record) {
  return record.detail.even === null;
}

/**
 * Real samples in a batch, of which records tell.
 * @param {RunRecord} record
 * @returns {number}
 */
export function batchOf({ start, detail }) {
  return start.batch ?? detail.batch ?? 64;
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
  // A look sees more samples than a batch has, but the players may have gone on since.
  const now = ["accuracy_real", "accuracy_fake"].map((name) =>
    recorded(record, `discriminator/${name}`, samples, lookBefore(record, samples)));
  const known = now.every(isNumber);
  const share = known ? (Number(now[0]) + Number(now[1])) / 2 : (real + fake) / 2;
  const count = 2 * (known ? batchOf(record) : record.start.looked_at ?? 256);
  const [low, high] = chance(count);
  const held = looked(record, "judged_held_out", samples);
  const more = [`Chance is ${share1(low)} to ${share1(high)} for ${number(count)} samples.`,
    held === null ? "" : `At the last look it took ${percent(real)} of the real samples it trained on for real, and `
      + `${percent(held)} of those it never saw.`];
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
  const now = recorded(record, "discriminator/auc", samples, scores ? scores.samples : -1);
  const area = now ?? (scores && areaUnderCurve(scores.logits_trained, scores.logits_fake));
  if (area === null || !Number.isFinite(area)) {
    return null;
  }
  const [low, high] = chanceOfArea(now === null ? record.start.looked_at ?? 256 : batchOf(record));
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
