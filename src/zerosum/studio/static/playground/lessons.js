// @ts-check
/** Guided lessons above the stage: each sets up a game, asks for one thing at a time, and sees when it is done. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { makeCard } from "./lessons/card.js";
import { COURSE } from "./lessons/course.js";
import { Attempt } from "./lessons/lesson.js";
import { Progress } from "./lessons/progress.js";

/** @typedef {import("./types.js").Playground} Playground */
/** @typedef {import("./lessons/lesson.js").Lesson} Lesson */

/**
 * @param {Playground} playground
 * @returns {{element: HTMLElement, stop: () => void}}
 */
export function makeLessons(playground) {
  const lessons = new Lessons(playground);
  return { element: lessons.element, stop: () => lessons.stop() };
}

class Lessons {
  /** @param {Playground} playground */
  constructor(playground) {
    this.playground = playground;
    this.progress = new Progress(COURSE.map(({ name }) => name), playground.noted("done"));
    /** @type {Lesson | null} that is open */
    this.lesson = null;
    /** @type {Attempt | null} of the open lesson, once its game has begun */
    this.attempt = null;
    /** @type {Attempt | null} that waits for its game to begin */
    this.beginning = null;
    /** @type {ReturnType<typeof makeCard> | null} */
    this.card = null;
    /** @type {Element[]} controls that the step means */
    this.meant = [];
    this.strip = h("ol", { class: "lesson-strip" });
    this.count = h("p", { class: "small soft", data: { testid: "lessons-done" } });
    this.place = h("div");
    this.status = h("p", { class: "unseen", role: "status", data: { testid: "lesson-status" } });
    this.element = h("section", { class: "lessons", "aria-label": "Lessons" },
      h("div", { class: "lessons-all card" }, h("div", null, h("h2", null, "Lessons"), this.count), this.strip),
      this.place, this.status);
    const linked = COURSE.find(({ name }) => name === playground.noted("lesson")) ?? null;
    this.takeBack = [
      playground.onFrame(() => this.see()),
      playground.onBegin(() => this.begun()),
    ];
    this.drawStrip();
    if (linked) {
      // The page begins with the link's own game, which would replace the lesson's.
      const once = playground.onBegin(() => {
        once();
        this.open(linked);
      });
    }
  }

  drawStrip() {
    const { done } = this.progress;
    const focused = [...this.strip.querySelectorAll("button")].findIndex((button) => button === document.activeElement);
    fill(this.strip, COURSE.map((lesson, index) => h("li", null, h("button", {
      type: "button",
      class: "lesson-chip",
      title: lesson.title,
      "aria-pressed": String(lesson === this.lesson),
      data: { testid: `lesson-${lesson.name}` },
      on: { click: () => (lesson === this.lesson ? this.close() : this.open(lesson, true)) },
    }, done.has(lesson.name) ? icon("check") : h("span", { class: "soft" }, `${index + 1}`), lesson.short,
    done.has(lesson.name) && h("span", { class: "unseen" }, ", done")))));
    this.count.textContent = done.size ? `${done.size} of ${COURSE.length} done` : "Begin here";
    this.strip.querySelectorAll("button")[focused]?.focus();
  }

  /**
   * Begins a lesson.
   * @param {Lesson} lesson
   * @param {boolean} [focus] whether the keyboard goes to it
   */
  open(lesson, focus = false) {
    const { playground } = this;
    this.lesson = lesson;
    this.attempt = null;
    playground.note("lesson", lesson.name);
    playground.speed(lesson.speed);
    playground.show(lesson.layers);
    playground.apply(lesson.settings, { restart: true });
    this.showCard(new Attempt(lesson));
    this.drawStrip();
    if (focus) {
      this.card?.heading.focus();
    }
  }

  /** @param {Attempt} attempt */
  showCard(attempt) {
    const { lesson } = attempt;
    const number = COURSE.indexOf(lesson) + 1;
    const next = COURSE[number];
    this.card = makeCard(attempt, number, {
      point: () => this.point(),
      again: () => this.open(lesson, true),
      close: () => this.close(),
      next: next ? () => this.open(next, true) : null,
    });
    this.beginning = attempt;
    fill(this.place, this.card.element);
    this.mark(attempt);
  }

  /** A new game was begun: the lesson's own, or a new start within it. */
  begun() {
    if (this.beginning) {
      this.attempt = this.beginning;
      this.beginning = null;
    }
    if (this.attempt) {
      this.attempt.start = null;
    }
  }

  /** Looks at the newest frame. */
  see() {
    const { attempt, card, playground } = this;
    const frame = playground.frame();
    if (!attempt || !card || !frame) {
      return;
    }
    const { step } = attempt;
    if (attempt.see({ frame, entries: playground.entries(), settings: playground.settings() })) {
      playground.run(false);
      this.reached(attempt, step?.found ?? "");
    }
    card.count();
  }

  /**
   * @param {Attempt} attempt
   * @param {string} found
   */
  reached(attempt, found) {
    const { lesson, step } = attempt;
    this.card?.show();
    this.mark(attempt);
    if (step) {
      this.status.textContent = `Done. ${found} Next: ${step.does}`;
      return;
    }
    this.progress.add(lesson.name);
    this.playground.note("done", this.progress.words);
    this.drawStrip();
    this.status.textContent = `Lesson done: ${lesson.title}. ${found} ${lesson.because}`;
  }

  /**
   * Frames the controls that the step means.
   * @param {Attempt | null} attempt
   */
  mark(attempt) {
    this.meant.forEach((element) => element.classList.remove("meant"));
    const points = attempt?.step?.points ?? [];
    this.meant = points.flatMap((testid) => this.playground.element(testid) ?? []);
    this.meant.forEach((element) => element.classList.add("meant"));
  }

  /** Goes to the control that the step means. */
  point() {
    const element = /** @type {HTMLElement | undefined} */ (this.meant[0]);
    for (let around = element?.parentElement; around; around = around.parentElement) {
      if (around instanceof HTMLDetailsElement) {
        around.open = true;
      }
    }
    element?.scrollIntoView({ block: "center" });
    element?.focus();
  }

  /** Closes the lesson; the game goes on as it is. */
  close() {
    const name = this.lesson?.name;
    this.lesson = null;
    this.attempt = null;
    this.beginning = null;
    this.card = null;
    this.playground.note("lesson", null);
    fill(this.place);
    this.mark(null);
    this.drawStrip();
    this.playground.element(`lesson-${name}`)?.focus();
  }

  stop() {
    this.takeBack.forEach((takeBack) => takeBack());
    this.mark(null);
  }
}
