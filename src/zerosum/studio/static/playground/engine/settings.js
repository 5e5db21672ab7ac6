// @ts-check
/** Everything that can be chosen, with its limits: what forms, links and files are made from and checked against. */

import { ACTIVATIONS } from "./activations.js";
import { DISTRIBUTIONS, MOST_POINTS } from "./distributions.js";
import { OBJECTIVES } from "./objectives.js";
import { PENALTIES } from "./penalties.js";

/**
 * @typedef {object} Settings
 * @property {string} data one of `DISTRIBUTIONS`, or "points1" or "points2" for a person's own
 * @property {number[]} points those, coordinate after coordinate
 * @property {number} seed
 * @property {"both" | "discriminator" | "generator"} players who moves
 * @property {string} loss
 * @property {{[name: string]: number}} penalties weights by name
 * @property {number} smooth the discriminator's label of real samples is lower than 1 by this
 * @property {number} batch
 * @property {number} discriminatorSteps moves of the discriminator in a round
 * @property {number} generatorRate
 * @property {number} discriminatorRate
 * @property {"adam" | "descent"} optimizer
 * @property {number} beta1
 * @property {number} beta2
 * @property {number} average what is kept of the averaged generator in each round; 0 for none
 * @property {number} noise standard deviation of what is added to the discriminator's inputs
 * @property {number} noiseRounds rounds in which it fades to nothing; 0 where it stays
 * @property {number} pack samples that are judged together
 * @property {number} limit largest weight of the discriminator; 0 for no limit
 * @property {boolean} spectral
 * @property {number} latentSize
 * @property {"normal" | "uniform"} latentKind
 * @property {number} generatorDepth hidden layers
 * @property {number} generatorWidth
 * @property {string} generatorActivation
 * @property {number} discriminatorDepth
 * @property {number} discriminatorWidth
 * @property {string} discriminatorActivation
 */

/**
 * @typedef {object} Field
 * @property {keyof Settings} key
 * @property {string} label
 * @property {string} help
 * @property {{[value: string]: string}} [choices] labels by value
 * @property {number} [low]
 * @property {number} [high]
 * @property {number[]} [stops] the values that a slider has
 * @property {boolean} [whole]
 * @property {boolean} [fresh] whether a change begins anew, since there are other weights then
 */

/** @type {Settings} */
export const DEFAULTS = Object.freeze({
  data: "ring",
  points: [],
  seed: 1,
  players: "both",
  loss: "non-saturating",
  penalties: { r1: 0.1 },
  smooth: 0,
  batch: 128,
  discriminatorSteps: 1,
  generatorRate: 0.002,
  discriminatorRate: 0.002,
  optimizer: "adam",
  beta1: 0,
  beta2: 0.9,
  average: 0,
  noise: 0,
  noiseRounds: 0,
  pack: 1,
  limit: 0,
  spectral: false,
  latentSize: 2,
  latentKind: "normal",
  generatorDepth: 3,
  generatorWidth: 16,
  generatorActivation: "tanh",
  discriminatorDepth: 3,
  discriminatorWidth: 16,
  discriminatorActivation: "tanh",
});

/** @param {{[name: string]: {label: string}}} entries @returns {{[value: string]: string}} */
function labels(entries) {
  return Object.fromEntries(Object.entries(entries).map(([name, { label }]) => [name, label]));
}

const RATES = [0.00001, 0.00003, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
const WIDTHS = [4, 8, 12, 16, 24, 32, 48, 64, 96, 128];
const DEPTHS = { low: 0, high: 4, whole: true, fresh: true, stops: [0, 1, 2, 3, 4] };

/** @type {Field[]} */
export const FIELDS = [
  { key: "data", label: "Data", help: "What the generator is to learn.", choices: { ...labels(DISTRIBUTIONS),
    points1: "your own numbers", points2: "your own points" } },
  { key: "seed", label: "Seed", help: "The same seed and settings give the same run.", low: 0, high: 4294967295,
    whole: true, fresh: true },
  { key: "players", label: "Who moves", help: "Both in turn, or one alone.", choices: { both: "both",
    discriminator: "only D", generator: "only G" } },
  { key: "loss", label: "Loss", help: "What the two play for.", choices: labels(OBJECTIVES) },
  { key: "smooth", label: "Label smoothing", help: "D is told that real samples are real to 1 minus this. For minimax, "
    + "non-saturating and least squares.", low: 0, high: 0.4, stops: [0, 0.05, 0.1, 0.2, 0.3] },
  { key: "batch", label: "Batch", help: "Real samples, and fakes, in each move.", low: 4, high: 512, whole: true,
    stops: [8, 16, 32, 64, 128, 256, 512] },
  { key: "discriminatorSteps", label: "D's moves a round", help: "D moves so often before G moves once.", low: 1,
    high: 10, whole: true, stops: [1, 2, 3, 5, 10] },
  { key: "generatorRate", label: "G's learning rate", help: "How far G goes in a step.", low: 0, high: 1,
    stops: RATES },
  { key: "discriminatorRate", label: "D's learning rate", help: "How far D goes in a step.", low: 0, high: 1,
    stops: RATES },
  { key: "optimizer", label: "Optimizer", help: "Adam gives each weight a step of its own; gradient descent does not.",
    choices: { adam: "Adam", descent: "gradient descent" } },
  { key: "beta1", label: "Adam β₁", help: "Momentum: what is kept of the mean gradient.", low: 0, high: 0.99,
    stops: [0, 0.5, 0.8, 0.9] },
  { key: "beta2", label: "Adam β₂", help: "What is kept of the mean squared gradient.", low: 0.1, high: 0.9999,
    stops: [0.9, 0.99, 0.999] },
  { key: "average", label: "Averaged generator", help: "Shows and measures a running mean of G's weights, of which so "
    + "much is kept each round. 0 for the weights as they are.", low: 0, high: 0.9999,
    stops: [0, 0.9, 0.98, 0.99, 0.995, 0.999] },
  { key: "noise", label: "Instance noise", help: "Added to real samples and fakes before D sees them.", low: 0, high: 2,
    stops: [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8] },
  { key: "noiseRounds", label: "Noise fades over", help: "Rounds until the noise is gone; 0 keeps it.", low: 0,
    high: 100000, whole: true, stops: [0, 500, 1000, 2000, 5000, 10000] },
  { key: "pack", label: "Pack", help: "D judges so many samples at once, so that a lack of variety shows.", low: 1,
    high: 8, whole: true, fresh: true, stops: [1, 2, 3, 4] },
  { key: "limit", label: "Weight clipping", help: "D's weights are cut off at this; 0 for no limit.", low: 0, high: 10,
    stops: [0, 0.01, 0.05, 0.1, 0.2, 0.5, 1] },
  { key: "spectral", label: "Spectral norm", help: "No layer of D stretches anything.", fresh: true },
  { key: "latentSize", label: "Latent size", help: "Random numbers that G makes a sample of.", low: 1, high: 16,
    whole: true, fresh: true, stops: [1, 2, 3, 4, 8, 16] },
  { key: "latentKind", label: "Latents", help: "Where those come from; both have variance 1.", fresh: true, choices: {
    normal: "normal", uniform: "uniform" } },
  { key: "generatorDepth", label: "G's hidden layers", help: "0 for a linear map.", ...DEPTHS },
  { key: "generatorWidth", label: "G's width", help: "Neurons in each hidden layer.", low: 1, high: 128, whole: true,
    fresh: true, stops: WIDTHS },
  { key: "generatorActivation", label: "G's activation", help: "The bend between layers.", fresh: true,
    choices: labels(ACTIVATIONS) },
  { key: "discriminatorDepth", label: "D's hidden layers", help: "0 for a linear map.", ...DEPTHS },
  { key: "discriminatorWidth", label: "D's width", help: "Neurons in each hidden layer.", low: 1, high: 128,
    whole: true, fresh: true, stops: WIDTHS },
  { key: "discriminatorActivation", label: "D's activation", help: "The bend between layers.", fresh: true,
    choices: labels(ACTIVATIONS) },
];

/** Largest weight of a penalty. */
export const HEAVIEST = 1000;

/** What a person asked for and cannot have, in a sentence. */
export class SettingError extends Error {}

/**
 * Settings that are complete and within their limits.
 * @param {{[key: string]: unknown}} asked any of the settings; the others get their defaults
 * @returns {Settings}
 * @throws {SettingError} for a setting that there is not, or a value that it cannot have
 */
export function checked(asked) {
  const settings = /** @type {any} */ (structuredClone(DEFAULTS));
  for (const [key, value] of Object.entries(asked)) {
    const field = FIELDS.find((one) => one.key === key);
    if (key === "penalties") {
      settings.penalties = checkedPenalties(value);
    } else if (key === "points") {
      settings.points = checkedPoints(value);
    } else if (!field) {
      throw new SettingError(`There is no setting "${key}".`);
    } else {
      settings[key] = checkedValue(field, value);
    }
  }
  const dimensions = settings.data === "points1" ? 1 : settings.data === "points2" ? 2 : 0;
  if (dimensions && (settings.points.length < dimensions || settings.points.length % dimensions)) {
    throw new SettingError(`Your own data needs points, ${dimensions === 1 ? "one number" : "two numbers"} each.`);
  }
  if (settings.pack > settings.batch) {
    throw new SettingError(`A batch of ${settings.batch} does not fill a pack of ${settings.pack}.`);
  }
  return settings;
}

/**
 * @param {Field} field
 * @param {unknown} value
 * @returns {unknown}
 */
function checkedValue(field, value) {
  const { key, label, choices, low, high, whole } = field;
  if (choices) {
    if (typeof value !== "string" || !Object.hasOwn(choices, value)) {
      const allowed = Object.keys(choices).join(", ");
      throw new SettingError(`${label} (${key}) is ${JSON.stringify(value)}; it can be ${allowed}.`);
    }
    return value;
  }
  if (typeof DEFAULTS[key] === "boolean") {
    if (typeof value !== "boolean") {
      throw new SettingError(`${label} (${key}) is ${JSON.stringify(value)}; it can be true or false.`);
    }
    return value;
  }
  const fits = typeof value === "number" && value >= Number(low) && value <= Number(high);
  if (!fits || (whole && !Number.isInteger(value))) {
    throw new SettingError(`${label} (${key}) is ${JSON.stringify(value)}; it must be a ${whole ? "whole " : ""}number `
      + `from ${low} to ${high}.`);
  }
  return value;
}

/** @param {unknown} value @returns {{[name: string]: number}} */
function checkedPenalties(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SettingError("The penalties must be weights by name.");
  }
  for (const [name, weight] of Object.entries(value)) {
    if (!Object.hasOwn(PENALTIES, name)) {
      throw new SettingError(`There is no penalty "${name}". There are ${Object.keys(PENALTIES).join(", ")}.`);
    }
    if (typeof weight !== "number" || !(weight >= 0 && weight <= HEAVIEST)) {
      throw new SettingError(`The weight of ${name} is ${JSON.stringify(weight)}; it must be from 0 to ${HEAVIEST}.`);
    }
  }
  const weights = /** @type {{[name: string]: number}} */ (value);
  // Always in one order: sums of floating point numbers depend on it, and the same settings are to give the same run.
  const names = Object.keys(PENALTIES).filter((name) => weights[name]);
  return Object.fromEntries(names.map((name) => [name, weights[name]]));
}

/** @param {unknown} value @returns {number[]} */
function checkedPoints(value) {
  if (!Array.isArray(value) || !value.every((one) => typeof one === "number" && Math.abs(one) <= 100)) {
    throw new SettingError("Points must be numbers from -100 to 100.");
  }
  if (value.length > 2 * MOST_POINTS) {
    throw new SettingError(`There are more than ${MOST_POINTS} points; give fewer.`);
  }
  return [...value];
}
