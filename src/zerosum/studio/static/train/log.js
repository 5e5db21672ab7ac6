// @ts-check
/** What happened in a run, newest first. */

import { fill, h } from "../core/dom.js";
import { duration, number } from "../core/words.js";
import { LEVEL_WORDS } from "../parts/findings.js";

/** @typedef {import("./record.js").Record} RunRecord */
/** @typedef {import("./record.js").Note} Note */

const MOST = 120; // lines that are shown

/** @type {{[event: string]: (note: Note) => string}} */
const WORDS = {
  start: ({ resumed, precision, batch }) =>
    `${resumed ? "Went on" : "Began"}, in ${precision}, ${number(batch)} samples a batch`,
  checkpoint: ({ best, quality }) =>
    `Saved${best ? ", and the model to ship" : ""}${quality ? `: distance ${number(quality)}` : ""}`,
  finding: ({ level, what }) => `${capital(LEVEL_WORDS[/** @type {"note"} */ (level)] ?? level)}: ${what}`,
  treated: ({ remedy, failure, back_to: back }) =>
    `Treated for ${failure}: ${remedy}, from ${back ? `${number(back)} samples` : "the start"} on`,
  undone: ({ remedy }) => `Taken back: ${remedy}`,
  paused: () => "Paused",
  resumed: () => "Went on",
  failed: ({ reason }) => `Failed: ${reason}`,
  stopped: ({ failure }) => (failure ? `Stopped for ${failure}` : "Stopped; all is saved"),
  finished: () => "Finished",
};

/** @returns {{element: HTMLElement, show: (record: RunRecord) => void}} */
export function makeLog() {
  const list = h("ol", { class: "log", data: { testid: "log-list" } });
  const count = h("span", { class: "soft small" });
  const saves = h("input", { type: "checkbox", id: "log-saves", data: { testid: "log-saves" },
    on: { change: () => draw() } });
  const element = h("section", { class: "card", "aria-labelledby": "log", data: { testid: "log" } },
    h("div", { class: "heading" }, h("h2", { id: "log" }, "What happened"), count,
      h("label", { class: "row small log-choice", for: "log-saves" }, saves, "also every checkpoint")), list);
  /** @type {Note[]} */
  let notes = [];
  let shown = "";
  const draw = () => {
    const told = notes.filter(({ event, best }) => event in WORDS && (saves.checked || event !== "checkpoint" || best));
    const kept = saves.checked ? told : lastBest(told);
    const last = kept.slice(-MOST).reverse();
    const now = `${kept.length} ${last[0]?.seconds} ${last[0]?.event} ${saves.checked}`;
    if (now !== shown) {
      shown = now;
      fill(count, kept.length > MOST && `the latest ${MOST} of ${number(kept.length)}`);
      fill(list, last.map((note) => h("li", { class: `log-${note.event} ${note.level ?? ""}` },
        h("span", { class: "soft small log-when" }, `${number(note.samples)} samples, ${duration(note.seconds)}`),
        h("span", null, WORDS[note.event](note)))));
    }
  };
  return {
    element,
    show: (record) => {
      notes = record.notes;
      draw();
    },
  };
}

/**
 * Of checkpoints that were the best of their time, the last.
 * @param {Note[]} notes
 */
function lastBest(notes) {
  const last = notes.findLastIndex((note) => note.event === "checkpoint");
  return notes.filter((note, index) => note.event !== "checkpoint" || index === last);
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
