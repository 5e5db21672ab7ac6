// @ts-check
/** The card that says how the two players stand to each other at the moment that is shown. */

import { fill, h } from "../core/dom.js";
import { makeHistogram } from "../parts/histogram.js";
import { readGame, scoresAt } from "./reading.js";

/** @typedef {import("./record.js").Record} RunRecord */

/** @returns {{element: HTMLElement, show: (record: RunRecord, samples: number) => void}} */
export function makeGame() {
  const sentence = h("p", { class: "reading", data: { testid: "reading" } });
  const more = h("p", { class: "soft small" });
  const histogram = makeHistogram({ testid: "scores" });
  const element = h("section", { class: "card game", "aria-labelledby": "game", data: { testid: "game" } },
    h("div", { class: "heading" }, h("h2", { id: "game" }, "The game")), sentence, histogram.element, more);
  return {
    element,
    show: (record, samples) => {
      const scores = scoresAt(record.histograms, samples);
      histogram.show(scores, record.detail.even === null);
      if (record.detail.even === undefined) {
        fill(sentence, "One player, no opponent: there is no discriminator to read. The distance to the data tells how "
          + "it does.");
        fill(more);
        return;
      }
      const reading = readGame(record, samples);
      fill(sentence, reading
        ? [h("span", { class: `pill ${reading.level}` }, reading.word), " ", unbroken(reading.sentence)]
        : "The first closer look at the players is still to come.");
      fill(more, reading && unbroken(reading.more));
    },
  };
}

/**
 * Keeps numbers and their per cent signs on one line.
 * @param {string} text
 */
function unbroken(text) {
  return text.replaceAll(" %", "\u00a0%");
}
