// @ts-check
/** One run in the table. Its elements stay while its numbers change, so that nothing loses the focus. */

import { addressOf } from "../core/address.js";
import { alarm, fill, h } from "../core/dom.js";
import { counted, duration, number } from "../core/words.js";
import { sparkline } from "../parts/sparkline.js";
import { resume, resuming } from "./resume.js";

/** @typedef {import("../core/runs.js").RunSummary} RunSummary */

/**
 * @param {string} id
 * @param {(chosen: boolean) => void} onChoose
 */
export function makeRow(id, onChoose) {
  /** @type {RunSummary | null} */
  let run = null;
  const check = h("input", { type: "checkbox", "aria-label": `Compare ${id}`, data: { testid: `choose-${id}` },
    on: { change: () => onChoose(check.checked) } });
  const meta = h("span", { class: "soft small meta" });
  const wrong = h("p", { class: "wrong small", role: "alert", hidden: true });
  const name = h("th", { scope: "row", role: "rowheader" },
    h("a", { href: addressOf("train", id), data: { testid: `open-${id}` } }, id), meta, wrong);
  const cells = { recipe: cell("extra"), data: cell("extra"), state: cell("state"), quality: cell(),
    samples: cell("extra number"), seconds: cell("extra number") };
  const again = h("button", { class: "quiet", hidden: true, data: { testid: `resume-${id}` }, on: { click: () =>
    run && goOn(run, again, wrong) } });
  const explore = h("a", { class: "button quiet", hidden: true, href: addressOf("explore", id),
    data: { testid: `explore-${id}` } }, "Explore");
  const clone = h("a", { class: "button quiet", href: addressOf("start", null, { clone: id }),
    title: "Start a new run with these data and settings", data: { testid: `clone-${id}` } }, "Clone");
  const element = h("tr", { role: "row", data: { testid: `run-${id}` } }, h("td", { role: "cell" }, check), name,
    Object.values(cells), h("td", { role: "cell" }, h("div", { class: "row actions" }, again, explore, clone)));
  return {
    element,
    /** @param {RunSummary} now */
    show: (now) => {
      const changed = JSON.stringify(run) !== JSON.stringify(now);
      run = now;
      if (!changed) {
        return;
      }
      const seen = counted(now.samples, "sample");
      fill(meta, [now.recipe, now.data, seen, duration(now.seconds)].filter(Boolean).join(" \u00b7 "));
      fill(cells.recipe, now.recipe);
      fill(cells.data, now.data);
      fill(cells.state, stateOf(now));
      fill(cells.quality, qualityOf(now));
      fill(cells.samples, number(now.samples));
      fill(cells.seconds, duration(now.seconds));
      again.hidden = resuming(now) === null;
      fill(again, resuming(now));
      explore.hidden = !now.model;
    },
    /** @param {boolean} allowed whether it can be chosen */
    allow: (allowed) => {
      check.disabled = !allowed;
      check.title = allowed ? "" : "Four runs can be compared at once.";
    },
    /** @param {boolean} chosen */
    choose: (chosen) => {
      check.checked = chosen;
    },
  };
}

/**
 * @param {RunSummary} run
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} wrong says why it cannot be
 */
async function goOn(run, button, wrong) {
  button.disabled = true;
  wrong.hidden = true;
  try {
    await resume(run);
  } catch (error) {
    wrong.hidden = false;
    wrong.textContent = error instanceof Error ? error.message : String(error);
    alarm(wrong.textContent);
  } finally {
    button.disabled = false;
  }
}

/** @param {string} [name] class */
function cell(name) {
  return h("td", { role: "cell", class: name });
}

/** @param {RunSummary} run */
function stateOf({ id, state, findings, error }) {
  const worst = findings.alarm ? "alarm" : findings.warn ? "warn" : null;
  const words = counted(findings.alarm || findings.warn, worst === "alarm" ? "alarm" : "warning");
  return h("div", { class: "row tight" }, h("span", { class: `pill ${state}`, title: error }, state), worst &&
    h("a", { class: `pill ${worst}`, href: addressOf("health", id), data: { testid: `findings-${id}` } }, words));
}

/** @param {RunSummary} run */
function qualityOf({ quality, spark }) {
  if (quality === null) {
    return h("span", { class: "soft small" }, "not measured yet");
  }
  const chance = quality.floor === null ? "" : `; real samples among themselves: ${number(quality.floor)}`;
  return h("div", { class: "row tight", title: `${quality.metric}, smaller is better${chance}` },
    sparkline(spark, "distance to the data"), h("span", { class: "best" }, number(quality.best)));
}
