// @ts-check
/** How a game stands, in words. */

import { number, percent } from "../core/words.js";

/** @typedef {import("./engine/frames.js").Frame} Frame */
/** @typedef {import("./engine/measures.js").Measures} Measures */
/** @typedef {import("./engine/settings.js").Settings} Settings */

/** Energy distance above which samples and data are not alike; two halves of the data are 0.005 apart or less. */
const APART = 0.03;

/** @param {Measures} measures @returns {number} share of all that D judges right */
export function accuracy({ accuracyReal, accuracyFake }) {
  return (accuracyReal + accuracyFake) / 2;
}

/**
 * How far from 50 % a D that guesses comes by chance in 95 of 100 looks (the binomial's normal approximation).
 * @param {Measures} measures
 */
export function chance({ judged }) {
  return (1.96 * 0.5) / Math.sqrt(judged);
}

/** @param {Measures} measures @returns {string} what D's accuracy means */
export function verdict(measures) {
  const share = accuracy(measures);
  const alike = measures.distance < APART;
  if (Math.abs(share - 0.5) <= chance(measures)) {
    return alike ? "D cannot tell them apart."
      : "D only guesses, though the samples are not like the data: 50 % is no victory.";
  }
  if (share < 0.5) {
    return "D is wrong more often than right: G has moved away from what D learnt.";
  }
  if (share > 0.95) {
    return "D is almost always right: can G still learn from it?";
  }
  if (share > 0.75) {
    return "D has the upper hand.";
  }
  return alike ? "D has a small lead, and the samples are close to the data."
    : "D has a small lead; the samples are not like the data yet.";
}

/**
 * @param {Frame} frame
 * @param {Settings} settings
 * @returns {string} what the stage shows, for who cannot see it
 */
export function summary({ round, dimensions, measures }, settings) {
  const { modes, allModes, good, distance, diversity } = measures;
  const sentences = [`Round ${number(round)}, ${dimensions === 1 ? "one dimension" : "two dimensions"}.`];
  if (modes !== null && allModes !== null && good !== null) {
    sentences.push(`Generated points find ${modes} of ${allModes} modes; ${percent(good)} of them are good, within `
      + "three standard deviations of a mode.");
  }
  sentences.push(`Their energy distance to the data is ${number(Math.max(0, distance), 2)}, and they are `
    + `${percent(diversity)} as spread out.`);
  sentences.push(`The discriminator is right in ${percent(accuracy(measures))} of all cases.`, verdict(measures));
  if (settings.players !== "both") {
    sentences.push(`Only the ${settings.players} moves.`);
  }
  return sentences.join(" ");
}
