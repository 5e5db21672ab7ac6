// @ts-check
/** What the doctor has found in the run, with remedies, and what was done about it. */

import { get } from "../core/api.js";
import { addressOf } from "../core/address.js";
import { alarm, fill, h } from "../core/dom.js";
import { number } from "../core/words.js";
import { findingCard, undoButton } from "../parts/findings.js";

/** @typedef {import("./record.js").Record} RunRecord */
/** @typedef {import("../parts/findings.js").Finding} Finding */
/** @typedef {{remedy: string, failure: string, changes: string[], back_to: number}} Treatment */

const EVERY = 8_000; // milliseconds between two examinations while looks come
const FEW_LOOKS = 2; // that say nothing yet about how a run does

/** @param {RunRecord} record */
export function makeDoctor(record) {
  const cards = h("div", { class: "stack" });
  const element = h("section", { class: "doctor", hidden: true, "aria-label": "Findings of the doctor",
    data: { testid: "doctor" } }, cards);
  let shown = "";
  let turn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  /** @type {Set<string> | null} alarms that were told; null before the first examination */
  let heard = null;
  /** @type {string[]} failures that the latest look did not find any more */
  let gone = [];

  const load = async () => {
    const now = ++turn;
    clearTimeout(waiting);
    waiting = undefined;
    try {
      /** @type {Finding[]} */
      const findings = await get(`${record.path}/findings`, record.ending.signal);
      if (now === turn) {
        draw(findings);
        tell(findings);
      }
      if (findings.length && now === turn) {
        // An examination takes its time, and what was found is to be seen at once.
        const health = await get(`${record.path}/health`, record.ending.signal);
        if (now === turn) {
          gone = health.gone;
          draw(findings);
        }
      }
    } catch {
      return; // asked for again at the next finding; the bar says when the studio does not answer
    }
  };

  /** @param {Finding[]} findings */
  const draw = (findings) => {
    const { treatments = [], canUndo = false } = record.detail;
    const well = !findings.length && record.probe.count > FEW_LOOKS;
    const text = JSON.stringify([findings, gone, treatments, canUndo, well]);
    if (text === shown) {
      return;
    }
    shown = text;
    const open = new Set([...cards.querySelectorAll("details[open]")].map(nameOf));
    const focused = cards.contains(document.activeElement) ? nameOf(document.activeElement) : undefined;
    fill(cards, treated(treatments, canUndo), sorted(findings, gone).map((finding) => findingCard(record.run, finding, {
      brief: true, gone: gone.includes(finding.failure), onTreated: () => record.reload() })),
    well && healthy(record.run));
    element.hidden = !cards.children.length;
    cards.querySelectorAll("details").forEach((one) => {
      one.open = open.has(nameOf(one));
    });
    if (focused) {
      const same = [...cards.querySelectorAll("button, summary")].find((one) => nameOf(one) === focused);
      /** @type {HTMLElement | undefined} */ (same)?.focus();
    }
  };

  /** @param {Finding[]} findings */
  const tell = (findings) => {
    const alarms = findings.filter(({ level }) => level === "alarm");
    alarms.forEach(({ failure, what }) => {
      if (heard && !heard.has(failure)) {
        alarm(`Alarm: ${what}`);
      }
    });
    heard = new Set(alarms.map(({ failure }) => failure));
  };

  /**
   * @param {Treatment[]} treatments
   * @param {boolean} canUndo
   */
  const treated = (treatments, canUndo) => {
    const last = treatments[treatments.length - 1];
    return last && h("article", { class: "card treatment", data: { testid: "treatment" } },
      h("p", { class: "row spread" },
        h("span", null, h("strong", null, "Treated"), ` for ${last.failure.replaceAll("-", " ")}: ${last.remedy}, ${
          last.back_to ? `from ${number(last.back_to)} samples on` : "from the start"}.`),
        canUndo && undoButton(record.run, last, () => record.reload())),
      h("details", { data: { testid: "treatment-changes" } }, h("summary", { class: "small" }, "What was changed"),
        h("ul", { class: "small" }, last.changes.map((change) => h("li", null, h("code", null, change))))));
  };

  return {
    element,
    load,
    /** Looks again in a while: what was found may be gone. */
    soon: () => {
      if (heard === null || cards.querySelector(".finding") || !cards.children.length) {
        waiting ??= setTimeout(load, EVERY);
      }
    },
    stop: () => clearTimeout(waiting),
  };
}

/** @param {string} run */
function healthy(run) {
  return h("p", { class: "healthy small", data: { testid: "no-findings" } },
    h("span", { class: "pill good" }, "no findings"), " The doctor knows of nothing wrong. ",
    h("a", { href: addressOf("health", run), data: { testid: "to-health" } }, "What it looked at"));
}

/** @param {Element | null} element */
function nameOf(element) {
  return /** @type {HTMLElement | null} */ (element?.closest("[data-testid]"))?.dataset.testid;
}

/**
 * What is still there first; the worst first among these.
 * @param {Finding[]} findings the worst first
 * @param {string[]} gone
 */
function sorted(findings, gone) {
  return [...findings].sort((a, b) => Number(gone.includes(a.failure)) - Number(gone.includes(b.failure)));
}
