// @ts-check
/** The lesson that is open: what one sees, what to do, how far it is, and at the end why it is so. */

import { fill, h } from "../../core/dom.js";
import { icon } from "../../core/icons.js";

/** @typedef {import("./lesson.js").Attempt} Attempt */
/** @typedef {import("./lesson.js").Step} Step */

/**
 * What the card's buttons do.
 * @typedef {object} Acts
 * @property {() => void} point shows the control that the step means
 * @property {() => void} again
 * @property {() => void} close
 * @property {(() => void) | null} next opens the next lesson; null after the last
 */

/**
 * @param {Attempt} attempt
 * @param {number} number of the lesson
 * @param {Acts} acts
 * @returns {{element: HTMLElement, heading: HTMLElement, show: () => void, count: () => void}} `show` after a step,
 *   `count` after a frame
 */
export function makeCard(attempt, number, acts) {
  const { lesson } = attempt;
  const heading = h("h2", { tabindex: -1, data: { testid: "lesson-title" } }, `${number}. ${lesson.title}`);
  const sees = h("p", { class: "small soft" }, lesson.sees);
  const steps = h("ol", { class: "lesson-steps" });
  const now = h("p", { class: "small", data: { testid: "lesson-now" } });
  const side = h("div", { class: "lesson-side" });
  const label = `Lesson: ${lesson.title}`;
  const element = h("section", { class: "lesson card", "aria-label": label, data: { testid: "lesson" } },
    h("div", { class: "lesson-about" }, heading, sees), steps, side);
  const close = () => [button("lesson-again", "Start again", acts.again), button("lesson-close", "Close", acts.close)];
  const count = () => {
    if (now.textContent !== attempt.now) {
      now.textContent = attempt.now;
    }
  };
  const show = () => {
    fill(steps, lesson.steps.slice(0, attempt.reached + 1).map((step, index) =>
      (index < attempt.reached ? doneStep(step) : currentStep(step, index + 1, lesson.steps.length))));
    count();
    sees.hidden = attempt.step === null;
    element.classList.toggle("lesson-done", sees.hidden);
    if (attempt.step) {
      fill(side, h("h3", null, "How far it is"), now,
        h("div", { class: "row" }, button("lesson-point", "Show me where", acts.point, "plain"), close()));
    } else {
      fill(side, h("h3", null, icon("check"), "Lesson done: why it is so"),
        h("p", { class: "small", data: { testid: "lesson-because" } }, lesson.because), sourcesOf(attempt),
        h("div", { class: "row" }, acts.next && button("lesson-next", "Next lesson", acts.next, "primary"), close()));
    }
  };
  show();
  return { element, heading, show, count };
}

/**
 * @param {string} testid
 * @param {string} text
 * @param {() => void} act
 * @param {string} [kind]
 */
function button(testid, text, act, kind = "quiet") {
  return h("button", { type: "button", class: kind, data: { testid }, on: { click: act } }, text);
}

/** @param {Step} step */
function doneStep({ found }) {
  return h("li", { class: "lesson-reached small" }, icon("check"),
    h("p", null, h("span", { class: "unseen" }, "Done: "), found));
}

/**
 * @param {Step} step
 * @param {number} number
 * @param {number} count
 */
function currentStep({ does, watch }, number, count) {
  return h("li", { class: "lesson-current", "aria-current": "step" },
    h("p", { class: "small soft" }, `Step ${number} of ${count}`),
    h("p", { class: "lesson-does", data: { testid: "lesson-does" } }, does),
    h("p", { class: "small" }, h("b", null, "Watch: "), watch));
}

/** @param {Attempt} attempt */
function sourcesOf({ lesson }) {
  return h("ul", { class: "lesson-sources small" }, lesson.sources.map(({ paper, address }) =>
    h("li", null, h("a", { href: address, target: "_blank", rel: "noreferrer" }, paper))));
}
