// @ts-check
/** The runs there are, as all parts of the studio see them. */

import { get } from "./api.js";

/**
 * @typedef {object} RunSummary
 * @property {string} id name of the run's folder
 * @property {string} recipe
 * @property {string} data
 * @property {"image" | "points" | "table"} kind
 * @property {"starting" | "training" | "paused" | "finished" | "stopped" | "failed"} state
 * @property {number} samples seen
 * @property {number} seconds trained
 * @property {{samples: number | null, seconds: number | null}} planned
 * @property {number | null} speed samples a second
 * @property {{metric: string, best: number, floor: number | null} | null} quality
 * @property {number[]} spark distances to the data, oldest first
 * @property {boolean} model whether there is one to explore
 * @property {{alarm: number, warn: number, note: number}} findings
 * @property {string | null} error why it failed, or cannot be read
 */

const EVERY = 3_000; // milliseconds between two looks at the list

/** @type {RunSummary[]} */
let known = [];
/** @type {Set<(runs: RunSummary[]) => void>} */
const watchers = new Set();
/** @type {ReturnType<typeof setInterval> | undefined} */
let timer;

/**
 * Hears of the runs, at once if they are known and whenever they are looked at.
 * @param {(runs: RunSummary[]) => void} watcher
 * @returns {() => void} ends it
 */
export function watchRuns(watcher) {
  watchers.add(watcher);
  if (known.length) {
    watcher(known);
  }
  timer ??= setInterval(() => document.hidden || refreshRuns().catch(() => undefined), EVERY);
  return () => {
    watchers.delete(watcher);
    if (!watchers.size) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/**
 * Looks at the list of runs now.
 * @returns {Promise<RunSummary[]>} newest first
 */
export async function refreshRuns() {
  known = await get("/api/runs");
  watchers.forEach((watcher) => watcher(known));
  return known;
}

/**
 * How much of the planned length is done.
 * @param {RunSummary} run
 * @returns {number | null} from 0 to 1; null where no length is planned
 */
export function done(run) {
  const { samples, seconds } = run.planned;
  const shares = [samples && run.samples / samples, seconds && run.seconds / seconds].filter((share) => share !== null);
  return shares.length ? Math.min(1, Math.max(...shares.map(Number))) : null;
}

/**
 * Seconds that are left at the present speed.
 * @param {RunSummary} run
 * @returns {number | null}
 */
export function left(run) {
  const share = done(run);
  return share === null || share === 0 ? null : (run.seconds * (1 - share)) / share;
}
