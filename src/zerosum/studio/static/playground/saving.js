// @ts-check
/** A game as a file: saved with all weights, and gone on with exactly where it was. */

import { h } from "../core/dom.js";

/** @typedef {import("./board.js").Board} Board */

/** Bytes of a file that is read; the largest game is smaller. */
const LARGEST = 20e6;

/**
 * @param {Board} board
 * @returns {HTMLElement}
 */
export function makeSaving(board) {
  const input = h("input", { type: "file", accept: ".json,application/json", class: "unseen", tabindex: -1,
    "aria-label": "A saved game", data: { testid: "open-file" }, on: { change: async () => {
      const file = input.files?.[0];
      input.value = "";
      if (file) {
        await restore(board, file);
      }
    } } });
  return h("div", { class: "row" },
    h("button", { type: "button", title: "Weights, optimizers and records, in one file", data: { testid: "save" },
      on: { click: () => save(board) } }, "Save game"),
    h("button", { type: "button", title: "Goes on exactly as the saved game would have", data: { testid: "open" },
      on: { click: () => input.click() } }, "Open game"), input);
}

/** @param {Board} board */
async function save(board) {
  const text = JSON.stringify(await board.save());
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: url, download: `playground-${board.settings.data}-${board.frame?.round ?? 0}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/**
 * @param {Board} board
 * @param {File} file
 */
async function restore(board, file) {
  board.pause();
  if (file.size > LARGEST) {
    board.complain(`${file.name} has ${Math.round(file.size / 1e6)} MB; a saved game has 20 MB at most.`);
    return;
  }
  try {
    board.restore(JSON.parse(await file.text()));
  } catch {
    board.complain(`${file.name} cannot be read: it is no JSON.`);
  }
}
