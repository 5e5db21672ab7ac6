// @ts-check
/** When things were found in a run and treated, on one line from its beginning to now. */

import { h } from "../core/dom.js";
import { number } from "../core/words.js";
import { LEVEL_WORDS } from "../parts/findings.js";

/** @typedef {{failure: string, level: "note" | "warn" | "alarm", samples: number}} Found */
/** @typedef {{samples: number, remedy: string}} Done */

/**
 * @param {Found[]} findings
 * @param {Done[]} treatments
 * @param {number} now samples seen
 * @returns {HTMLElement | false}
 */
export function moments(findings, treatments, now) {
  const found = findings.map((one) => ({ at: one.samples, kind: one.level, word: LEVEL_WORDS[one.level],
    what: one.failure.replaceAll("-", " ") }));
  const done = treatments.map((one) => ({ at: one.samples, kind: "treated", word: "treated", what: one.remedy }));
  const all = [...found, ...done].sort((a, b) => a.at - b.at);
  if (!all.length) {
    return false;
  }
  const end = Math.max(now, ...all.map((one) => one.at), 1);
  const line = h("div", { class: "moment-line", "aria-hidden": "true" }, all.map((one) => {
    const mark = h("span", { class: `moment ${one.kind}`, title: `${one.what}, at ${number(one.at)}` });
    mark.style.left = `${100 * one.at / end}%`;
    return mark;
  }));
  return h("section", { class: "card", "aria-labelledby": "moments", data: { testid: "moments" } },
    h("div", { class: "heading" }, h("h2", { id: "moments" }, "History")), line,
    h("div", { class: "row spread soft small", "aria-hidden": "true" }, h("span", null, "beginning"),
      h("span", null, `${number(end)} samples`)),
    h("ol", { class: "moment-list" }, all.map((one) => h("li", null, h("span", { class: `pill ${one.kind}` }, one.word),
      " ", h("strong", null, one.what), ` ${one.at ? `at ${number(one.at)} samples` : "before the first round"}`))));
}
