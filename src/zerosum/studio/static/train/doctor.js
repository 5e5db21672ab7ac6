// @ts-check
/** What the doctor has found in the run, with remedies, and what was done about it. */

import { get } from "../core/api.js";
import { addressOf } from "../core/address.js";
import { alarm, fill, h } from "../core/dom.js";
import { number } from "../core/words.js";
import { findingCard, undoButton } from "../parts/findings.js";

/** @typedef {import("./record.js").Record} RunRecord */
/** @typedef {import("../parts/findings.js").Finding} Finding */

const EVERY = 8_000; // milliseconds between two examinations while looks come

/** @param {RunRecord} record */
export function makeDoctor(record) {
  const cards = h("div", { class: "stack" });
  const element = h("section", { class: "doctor", hidden: true, "aria-label": "Findings of the doctor", data: { testid: "doctor" } }, cards);
  let shown = "";
  let turn = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  /** @type {Set<string> | null} */
  let heard = null;

  const load = async () => {
    const now = ++turn;
    clearTimeout(waiting);
    waiting = undefined;
    /** @type {Finding[]} */
    let findings;
    /** @type {string[]} */
    let gone = [];
    try {
      findings = await get(`${record.path}/findings`, record.ending.signal);
      if (findings.length) {
        ({ gone } = await get(`${record.path}/health`, record.ending.signal));
      }
    } catch {
      return; // asked for again at the next finding; the bar says when the studio does not answer
    }
    if (now !== turn) {
      return;
    }
    const { treatments = [], canUndo = false } = record.detail;
    const text = JSON.stringify([findings, gone, treatments, canUndo]);
    if (text === shown) {
      return;
    }
    shown = text;
    const open = new Set([...cards.querySelectorAll("details[open]")].map((one) => /** @type {HTMLElement} */ (one).dataset.testid));
    fill(cards, treated(treatments, canUndo), sorted(findings, gone).map((finding) => findingCard(record.run, finding, { brief: true, gone: gone.includes(finding.failure), onTreated: () => record.reload() })),
      !findings.length && record.probe.count > 2 && h("p", { class: "healthy small", data: { testid: "no-findings" } },
        h("span", { class: "pill good" }, "no findings"), " The doctor knows of nothing wrong. ", h("a", { href: addressOf("health", record.run) }, "What it looked at")));
    element.hidden = !cards.children.length;
    cards.querySelectorAll("details").forEach((one) => {
      one.open = open.has(one.dataset.testid);
    });
    findings.forEach((finding) => {
      if (heard && !gone.includes(finding.failure) && finding.level === "alarm" && !heard.has(finding.failure)) {
        alarm(`Alarm: ${finding.what}`);
      }
    });
    heard = new Set(findings.filter(({ level }) => level === "alarm").map(({ failure }) => failure));
  };

  /**
   * @param {{remedy: string, failure: string, changes: string[], back_to: number}[]} treatments
   * @param {boolean} canUndo
   */
  const treated = (treatments, canUndo) => {
    const last = treatments[treatments.length - 1];
    return last && h("article", { class: "card treatment", data: { testid: "treatment" } }, h("p", { class: "row spread" },
      h("span", null, h("strong", null, "Treated"), ` for ${last.failure.replaceAll("-", " ")}: ${last.remedy}, ${
        last.back_to ? `from ${number(last.back_to)} samples on` : "from the start"}.`),
      canUndo && undoButton(record.run, last, () => record.reload())),
    h("details", null, h("summary", { class: "small" }, "What was changed"), h("ul", { class: "small" }, last.changes.map((change) => h("li", null, h("code", null, change))))));
  };
  return {
    element,
    load,
    /** Looks again in a while: what was found may be gone. */
    soon: () => {
      if (heard === null || cards.querySelector(".finding")) {
        waiting ??= setTimeout(load, EVERY);
      }
    },
    stop: () => clearTimeout(waiting),
  };
}

/**
 * What is still there first; the worst first among these.
 * @param {Finding[]} findings the worst first
 * @param {string[]} gone
 */
function sorted(findings, gone) {
  return [...findings].sort((a, b) => Number(gone.includes(a.failure)) - Number(gone.includes(b.failure)));
}
