// @ts-check
/**
 * What the doctor found, as cards: how bad it is, what it is, the numbers behind it, and what can be done.
 *
 *     parent.append(findingCard(run, finding, { gone: false, onTreated: () => load() }));
 *     parent.append(undoButton(run, treatment, () => load()));
 *
 * A remedy says what it would change and where the game goes back to, before it is applied through the studio. What was
 * applied can be taken back with `undoButton`.
 */

import { post } from "../core/api.js";
import { announce, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { number } from "../core/words.js";
import { ask } from "./ask.js";

/**
 * @typedef {object} Remedy
 * @property {number} number which of the failure's remedies it is
 * @property {string} name
 * @property {string[]} changes as "setting: old -> new"
 * @property {number} back_to samples at the checkpoint that the game would go on from; 0: it begins anew
 */

/**
 * @typedef {object} Finding
 * @property {string} failure
 * @property {"note" | "warn" | "alarm"} level
 * @property {string} what
 * @property {string} evidence
 * @property {string[]} try_this
 * @property {number} samples seen when it was first found
 * @property {Remedy[]} [remedies] none where they are not known yet
 */

/** What levels are called. */
export const LEVEL_WORDS = { note: "note", warn: "warning", alarm: "alarm" };

/**
 * @param {string} run
 * @param {Finding} finding
 * @param {object} [how]
 * @param {boolean} [how.gone] whether the latest look does not find it any more
 * @param {boolean} [how.brief] whether evidence and advice are folded away
 * @param {(done: {remedy: string, changes: string[], back_to: number}) => void} [how.onTreated]
 * @returns {HTMLElement}
 */
export function findingCard(run, finding, { gone = false, brief = false, onTreated = () => undefined } = {}) {
  const { failure, level, what, evidence, try_this: advice, samples, remedies = [] } = finding;
  const when = samples ? `first seen after ${number(samples)} samples` : "seen in the data";
  const more = [h("p", { class: "finding-evidence" }, evidence),
    advice.length > 0 && h("div", null, h("h4", null, "Try this"),
      h("ul", { class: "finding-advice" }, advice.map((one) => h("li", null, one))))];
  return h("article", { class: `card finding ${gone ? "" : level}`, data: { testid: `finding-${failure}` } },
    h("p", { class: "row finding-head" }, h("span", { class: `pill ${gone ? "" : level}` }, LEVEL_WORDS[level]),
      h("strong", null, failure.replaceAll("-", " ")),
      h("span", { class: "soft small" }, gone ? `${when}, not found at the latest look` : when)),
    h("h3", { class: "finding-what" }, what),
    brief ? h("details", { data: { testid: `evidence-${failure}` } },
      h("summary", { class: "small" }, "The numbers, and what to try"), more) : more,
    remedies.length > 0 && h("div", { class: "finding-remedies" }, h("h4", null, "Remedies"), remedies.map((remedy) =>
      remedyButton(run, finding, remedy, onTreated))));
}

/**
 * @param {string} run
 * @param {Finding} finding
 * @param {Remedy} remedy
 * @param {(done: {remedy: string, changes: string[], back_to: number}) => void} onTreated
 */
function remedyButton(run, { failure, what }, remedy, onTreated) {
  const testid = `remedy-${failure}-${remedy.number}`;
  const back = remedy.back_to
    ? `The game goes back to the checkpoint at ${number(remedy.back_to)} samples, and on from there.`
    : "The game begins anew.";
  const open = () => ask({
    testid,
    title: `Try ${remedy.name}?`,
    body: [h("p", null, what), changesTable(remedy.changes),
      h("p", null, `${back} What comes after that is set aside, not deleted, and this can be undone.`)],
    yes: "Apply and train on",
    meanwhile: "Stopping the training at the end of its round, then going on with these settings.",
    act: async () => {
      const done = await post(`/api/runs/${encodeURIComponent(run)}/treat`, { failure, remedy: remedy.number });
      announce(`Applied: ${done.remedy}.`);
      onTreated(done);
    },
  });
  return h("button", { class: "remedy", type: "button", "aria-haspopup": "dialog", data: { testid },
    on: { click: open } }, h("span", null, sentenceCase(remedy.name)),
  h("span", { class: "soft small" }, remedy.back_to ? `from ${number(remedy.back_to)} samples on` : "from the start"));
}

/**
 * @param {string[]} changes as "setting: old -> new"
 * @returns {HTMLElement}
 */
export function changesTable(changes) {
  const rows = changes.map((change) => {
    const [, name, old, now] = change.match(/^([^:]+): (.*) -> (.*)$/) ?? ["", change, "", ""];
    return h("tr", null, h("th", { scope: "row" }, h("code", null, name)), h("td", null, old),
      h("td", null, h("strong", null, now)));
  });
  const head = ["Setting", "Before", "After"].map((word) => h("th", { scope: "col" }, word));
  return h("div", { class: "wide" }, h("table", { class: "changes", data: { testid: "changes" } },
    h("thead", null, h("tr", null, head)), h("tbody", null, rows)));
}

/**
 * Takes the latest treatment back.
 * @param {string} run
 * @param {{remedy: string, changes: string[]}} treatment
 * @param {() => void} onUndone
 * @returns {HTMLButtonElement}
 */
export function undoButton(run, treatment, onUndone) {
  const open = () => ask({
    testid: "undo",
    title: `Take back ${treatment.remedy}?`,
    body: [h("p", null, "The settings become what they were, and the game goes on from where it stood before the "
      + "treatment. What came since is set aside, not deleted."), changesTable(treatment.changes.map(turned))],
    yes: "Undo",
    meanwhile: "Stopping the training at the end of its round, then going back.",
    act: async () => {
      await post(`/api/runs/${encodeURIComponent(run)}/undo`);
      announce(`Taken back: ${treatment.remedy}.`);
      onUndone();
    },
  });
  return h("button", { type: "button", "aria-haspopup": "dialog", data: { testid: "undo" }, on: { click: open } },
    icon("undo"), "Undo");
}

/** @param {string} change as "setting: old -> new" */
function turned(change) {
  return change.replace(/^([^:]+): (.*) -> (.*)$/, "$1: $3 -> $2");
}

/** @param {string} text */
function sentenceCase(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
