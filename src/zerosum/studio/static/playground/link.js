// @ts-check
/** Settings as the query of an address: what differs from the defaults, short enough for a message. */

import { DEFAULTS, FIELDS } from "./engine/settings.js";

/** @typedef {import("./engine/settings.js").Settings} Settings */

/** Points are kept to this, in links and everywhere, so that a link gives the same points. */
const GRAIN = 0.01;
/** Two digits of base 36 reach from minus to plus this, in grains. */
const FAR = 648;

/** @param {number} coordinate @returns {number} as a link can hold it */
export function grained(coordinate) {
  return Math.min(FAR - 1, Math.max(-FAR, Math.round(coordinate / GRAIN))) * GRAIN;
}

/**
 * @param {Settings} settings
 * @returns {{[key: string]: string}} what differs from the defaults
 */
export function toQuery(settings) {
  /** @type {{[key: string]: string}} */
  const query = {};
  for (const { key } of FIELDS) {
    if (settings[key] !== DEFAULTS[key]) {
      query[key] = String(settings[key]);
    }
  }
  const penalties = inWords(settings.penalties);
  if (penalties !== inWords(DEFAULTS.penalties)) {
    query.penalties = penalties;
  }
  if (settings.data === "points1" || settings.data === "points2") {
    query.points = settings.points.map((one) => (Math.round(one / GRAIN) + FAR).toString(36).padStart(2, "0")).join("");
  }
  return query;
}

/**
 * @param {URLSearchParams} query
 * @returns {{[key: string]: unknown}} settings that it names, not checked yet; words that are no settings are left out
 */
export function fromQuery(query) {
  /** @type {{[key: string]: unknown}} */
  const asked = {};
  for (const { key } of FIELDS) {
    const text = query.get(key);
    if (text !== null) {
      const usual = DEFAULTS[key];
      asked[key] = typeof usual === "number" ? Number(text) : typeof usual === "boolean" ? text === "true" : text;
    }
  }
  const penalties = query.get("penalties");
  if (penalties !== null) {
    const pairs = penalties.split(",").filter((pair) => pair.includes(":")).map((pair) => pair.split(":"));
    asked.penalties = Object.fromEntries(pairs.map(([name, weight]) => [name, Number(weight)]));
  }
  const points = query.get("points");
  if (points !== null) {
    asked.points = (points.match(/../g) ?? []).map((pair) => (parseInt(pair, 36) - FAR) * GRAIN);
  }
  return asked;
}

/** @param {{[name: string]: number}} penalties @returns {string} as in "r1:0.1,r2:1", or "none" */
function inWords(penalties) {
  return Object.entries(penalties).map(([name, weight]) => `${name}:${weight}`).join(",") || "none";
}
