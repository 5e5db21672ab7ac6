// @ts-check
/** What a lesson is, and one person's way through it. */

/** @typedef {import("../engine/settings.js").Settings} Settings */
/** @typedef {import("../engine/frames.js").Frame} Frame */
/** @typedef {import("../engine/session.js").Entry} Entry */

/**
 * What a step is judged by.
 * @typedef {object} Situation
 * @property {Frame} frame the newest
 * @property {Entry[]} entries all records of this game
 * @property {Settings} settings
 */

/**
 * A situation, and how it was when the step began.
 * @typedef {Situation & {start: {frame: Frame, loss: number | null}}} View
 */

/**
 * One thing to do.
 * @typedef {object} Step
 * @property {string} does what to do
 * @property {string} watch what to look at meanwhile
 * @property {string[]} points names of the controls that are meant, as in data-testid; the first is shown on request
 * @property {(view: View) => boolean} reached
 * @property {(view: View) => string} now how far it is, in numbers
 * @property {string} found what has happened, once it is reached
 */

/**
 * @typedef {object} Lesson
 * @property {string} name as in addresses
 * @property {string} short title for a row of all
 * @property {string} title
 * @property {string} sees what is on the stage
 * @property {Partial<Settings>} settings of the game that it begins with
 * @property {number} speed
 * @property {string[]} layers of the stage
 * @property {Step[]} steps
 * @property {string} because why it is so
 * @property {{paper: string, address: string}[]} sources
 */

/** Layers of the stage in two dimensions. */
export const PLANE = ["heat", "real", "fake", "arrows"];
/** Layers of the stage in one dimension. */
export const LINE = ["data", "generated", "judged", "best", "threads"];

/** @param {Entry[]} entries @returns {number | null} the newest loss of the generator, a mean over its last moves */
export function generatorLoss(entries) {
  for (let i = entries.length - 1; i >= 0; i--) {
    if (entries[i].lossG !== null) {
      return entries[i].lossG;
    }
  }
  return null;
}

/** @param {Frame} frame @returns {number} share of real samples and fakes that D judges right */
export function accuracy({ measures }) {
  return (measures.accuracyReal + measures.accuracyFake) / 2;
}

/** @param {number} value @param {number} [digits] */
export function fixed(value, digits = 2) {
  return value.toFixed(digits);
}

/** @param {number} share @returns {string} as in "71 %" */
export function hundredths(share) {
  return `${Math.round(100 * share)} %`;
}

/** A person's way through a lesson, step by step. */
export class Attempt {
  /** @param {Lesson} lesson */
  constructor(lesson) {
    this.lesson = lesson;
    /** Steps that were reached. */
    this.reached = 0;
    /** @type {View["start"] | null} how it was when this step began */
    this.start = null;
    /** @type {View | null} what was seen last */
    this.view = null;
  }

  /** @returns {Step | null} the step that is to be done now; null after the last */
  get step() {
    return this.lesson.steps[this.reached] ?? null;
  }

  /** @returns {string} how far this step is */
  get now() {
    return this.step && this.view ? this.step.now(this.view) : "";
  }

  /**
   * Looks at a situation.
   * @param {Situation} situation
   * @returns {boolean} whether it completes a step
   */
  see(situation) {
    const { frame, entries } = situation;
    const here = { frame, loss: generatorLoss(entries) };
    this.start ??= here;
    this.view = { ...situation, start: this.start };
    if (!this.step || !this.step.reached(this.view)) {
      return false;
    }
    this.reached += 1;
    this.start = here;
    this.view = { ...situation, start: here };
    return true;
  }
}
