// @ts-check
/** Going on with a run: as it was asked for, or for longer where it is at its end. */

import { post } from "../core/api.js";
import { h } from "../core/dom.js";
import { refreshRuns } from "../core/runs.js";
import { ask } from "../parts/ask.js";

/** @typedef {import("../core/runs.js").RunSummary} RunSummary */

/** States that a run goes on from as it was asked for. */
const RESTING = new Set(["paused", "stopped", "failed"]);

/**
 * @param {RunSummary} run
 * @returns {string | null} what going on is called; null where it goes on already
 */
export function resuming({ state }) {
  return RESTING.has(state) ? "Resume" : state === "finished" ? "Train longer" : null;
}

/**
 * Lets a run go on; of one that is at its end, asks for how long.
 * @param {RunSummary} run
 */
export async function resume({ id, state, seconds }) {
  const path = `/api/runs/${encodeURIComponent(id)}/control`;
  if (state !== "finished") {
    await post(path, { action: "resume" });
    await refreshRuns();
    return;
  }
  const usual = Math.max(1, Math.round(seconds / 60));
  const minutes = h("input", { id: "more-minutes", type: "number", min: 0, step: "any", required: true, value: usual,
    data: { testid: "more-minutes" } });
  ask({
    testid: "longer",
    title: `Train ${id} longer?`,
    body: [h("div", { class: "field" }, h("label", { for: "more-minutes" }, "Additional minutes"), minutes)],
    yes: "Train",
    act: async () => {
      await post(path, { action: "resume", minutes: Number(minutes.value) });
      await refreshRuns();
    },
  });
}
