// @ts-check
/** Health: what the doctor found in a run and when, what it looked at and found in order, and how things stand. */

import { get } from "../core/api.js";
import { addressOf } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { refreshRuns, watchRuns } from "../core/runs.js";
import { counted, number } from "../core/words.js";
import { changesTable, findingCard, LEVEL_WORDS, undoButton } from "../parts/findings.js";
import { makeGallery } from "../parts/gallery.js";
import { emptyPage } from "../runs/empty.js";
import { moments } from "../runs/moments.js";

/** @typedef {import("../parts/findings.js").Finding} Finding */
/** @typedef {{samples: number, failure: string, remedy: string, changes: string[], back_to: number}} Treatment */

/**
 * @typedef {object} Health
 * @property {string} verdict
 * @property {string | null} advice where nothing is wrong
 * @property {[string, string][]} facts
 * @property {number} looks
 * @property {string[]} gone failures that the latest look does not find any more
 * @property {{failure: string, question: string, found: boolean}[]} checked
 * @property {{name: string, value: string, meaning: string}[]} standing
 * @property {Treatment[]} treatments oldest first
 */

const EVERY = 8_000; // milliseconds between two examinations of a run that trains

/**
 * @param {HTMLElement} root
 * @param {import("../core/address.js").Address} address
 * @returns {Promise<() => void>}
 */
export async function open(root, { run }) {
  if (run === null) {
    fill(root, emptyPage("no-patient", { title: "No run to examine yet", label: "Train something",
      href: addressOf("start"), words: "The doctor checks every run while it trains. What it finds is shown here." }));
    return () => undefined;
  }
  const path = `/api/runs/${encodeURIComponent(run)}`;
  const { model, kind } = await get(path);
  const body = h("div", { class: "stack" }, h("p", { class: "soft", role: "status" }, "The doctor examines the run"));
  const gallery = model && kind === "image" ? makeGallery(run) : null;
  fill(root, h("div", { class: "health stack" }, h("h1", null, "Health"), body, gallery?.element));
  const load = async () => {
    /** @type {[{samples: number, canUndo: boolean}, Health, Finding[]]} */
    const [detail, health, findings] = await Promise.all([get(path), get(`${path}/health`), get(`${path}/findings`)]);
    const again = () => {
      refreshRuns().then(load).catch(() => undefined); // the bar says when the studio does not answer
    };
    fill(body, verdict(health, findings), cards(run, findings, health, again),
      moments(findings, health.treatments, detail.samples), treatments(run, health.treatments, detail.canUndo, again),
      h("div", { class: "two" }, checks(health), standing(health)));
  };
  await load();
  const stop = watchRun(run, load);
  return () => {
    stop();
    gallery?.stop();
  };
}

/**
 * Examines again now and then while the run gets on.
 * @param {string} id
 * @param {() => Promise<void>} load
 * @returns {() => void} ends it
 */
function watchRun(id, load) {
  let seen = "";
  let last = performance.now();
  return watchRuns((runs) => {
    const run = runs.find((one) => one.id === id);
    const now = JSON.stringify([run?.spark, run?.findings, run?.state]);
    if (seen === "") {
      seen = now;
    } else if (now !== seen && performance.now() > last + EVERY) {
      [seen, last] = [now, performance.now()];
      load().catch(() => undefined); // the bar says when the studio does not answer
    }
  });
}

/**
 * @param {Health} health
 * @param {Finding[]} findings the worst first
 */
function verdict({ verdict: sentence, advice, facts }, findings) {
  const [level, word] = findings.length ? [findings[0].level, LEVEL_WORDS[findings[0].level]]
    : advice === null ? ["", "too early"] : ["good", "healthy"];
  return h("section", { class: "card stack", "aria-label": "Verdict", data: { testid: "verdict" } },
    h("p", { class: "verdict" }, h("span", { class: `pill ${level}` }, word), " ", sentence),
    advice && h("p", { class: "soft" }, advice), h("dl", { class: "facts" },
      facts.map(([name, value]) => h("div", null, h("dt", null, name), h("dd", null, value)))));
}

/**
 * @param {string} run
 * @param {Finding[]} findings
 * @param {Health} health
 * @param {() => void} onTreated
 */
function cards(run, findings, { gone }, onTreated) {
  const isGone = (/** @type {Finding} */ { failure }) => gone.includes(failure);
  const ordered = [...findings.filter((finding) => !isGone(finding)), ...findings.filter(isGone)];
  return findings.length > 0 && section("findings", "Findings", false, ...ordered.map((finding) =>
    findingCard(run, finding, { gone: isGone(finding), onTreated })));
}

/** @param {Health} health */
function checks({ checked, looks, gone }) {
  const lines = checked.map(({ failure, question, found }) => {
    const now = found && !gone.includes(failure);
    return h("li", { class: now ? "found" : "fine" }, icon(now ? "close" : "check"), h("span", null, question),
      h("strong", { class: "small" }, now ? "yes" : found ? "no longer" : looks ? "no" : ""));
  });
  return section("checked", "What was checked", true, h("p", { class: "soft small" }, looks
    ? `In every record of the training, and at ${counted(looks, "closer look")} so far.`
    : "Nothing yet: the first closer look is still to come."),
  h("ul", { class: "checked" }, lines));
}

/** @param {Health} health */
function standing({ standing: readings }) {
  const rows = readings.map(({ name, value, meaning }) => h("tr", null,
    h("th", { scope: "row" }, name, h("span", { class: "meaning" }, meaning)), h("td", { class: "number" }, value)));
  return rows.length > 0 && section("standing", "The latest measurements", true,
    h("table", null, h("caption", { class: "unseen" }, "The latest measurements"), h("tbody", null, rows)));
}

/**
 * @param {string} run
 * @param {Treatment[]} done
 * @param {boolean} canUndo
 * @param {() => void} onUndone
 */
function treatments(run, done, canUndo, onUndone) {
  const items = done.map(({ failure, remedy, changes, back_to: back, samples }) => h("li", null,
    h("strong", null, remedy), ` for ${failure.replaceAll("-", " ")}, at ${number(samples)} samples; went on from ${
      back ? `${number(back)} samples` : "the start"}.`, changesTable(changes)));
  return done.length > 0 && section("treatments", "What was done about it", true, h("ol", null, items),
    canUndo && h("div", { class: "row" }, undoButton(run, done[done.length - 1], onUndone)));
}

/**
 * @param {string} id
 * @param {string} title
 * @param {boolean} card
 * @param {...import("../core/dom.js").Child} children
 */
function section(id, title, card, ...children) {
  return h("section", { class: card ? "card stack" : "stack", "aria-labelledby": id, data: { testid: id } },
    h("h2", { id }, title), ...children);
}
