// @ts-check
/** The third card of Start: for how long, what that comes to, and the button. */

import { alarm, fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { duration, number, roughly } from "../core/words.js";
import { makeCommand } from "../parts/command.js";

/** @typedef {import("../parts/form.js").Form} Form */

const WAITING = "Measuring the speed in a short trial";

/**
 * What the server says of a plan.
 * @typedef {object} Estimate
 * @property {string} command
 * @property {number} samples_per_second
 * @property {number} seconds
 * @property {number} samples
 */

/**
 * @param {Form} form for how long
 * @param {() => Promise<void>} onTrain
 * @returns {{element: HTMLElement, show: (estimate: Estimate | null, refusal?: string | null) => void}}
 */
export function trainCard(form, onTrain) {
  const words = h("p", { class: "estimate", "aria-live": "polite", data: { testid: "estimate" } });
  const command = makeCommand("command");
  const wrong = h("p", { class: "problem", hidden: true, data: { testid: "refusal" } });
  const button = h("button", { class: "primary big", data: { testid: "train" }, on: { click: async () => {
    button.disabled = true;
    fill(button, "Starting");
    try {
      await onTrain();
    } finally {
      button.disabled = false;
      fill(button, icon("play"), "Train");
    }
  } } }, icon("play"), "Train");
  const element = h("section", { class: "card step", "aria-labelledby": "step-train", data: { testid: "train-card" } },
    h("div", { class: "heading" }, h("h2", { id: "step-train" }, "Train")), form.element, words, wrong, button,
    command.element);
  return { element, show: (estimate, refusal = null) => {
    wrong.hidden = refusal === null;
    wrong.textContent = refusal;
    command.show(estimate?.command ?? null);
    words.hidden = refusal !== null;
    fill(words, estimate ? inWords(estimate) : WAITING);
    words.classList.toggle("soft", estimate === null);
    if (refusal !== null) {
      alarm(refusal);
    }
  } };
}

/**
 * @param {Estimate} estimate
 * @returns {string}
 */
function inWords({ samples_per_second: speed, seconds, samples }) {
  const many = number(roughly(samples));
  return `About ${number(roughly(speed))} samples a second on this machine: ${many} samples in ${duration(seconds)}.`;
}
