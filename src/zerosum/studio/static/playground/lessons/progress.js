// @ts-check
/** Which lessons are done: remembered by this browser where it may, and by links. */

const KEY = "zerosum.lessons";

/** @returns {string[]} names that the browser remembers; none where it remembers nothing */
function remembered() {
  try {
    const names = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  } catch {
    return [];
  }
}

/** @param {string[]} names */
function remember(names) {
  try {
    localStorage.setItem(KEY, JSON.stringify(names));
  } catch {
    // Private windows and pages from the disk may refuse; the link still holds it.
  }
}

export class Progress {
  /**
   * @param {string[]} known names of all lessons
   * @param {string | null} linked names that a link holds, with dots between them
   */
  constructor(known, linked) {
    const names = [...remembered(), ...(linked ?? "").split(".")];
    this.done = new Set(known.filter((name) => names.includes(name)));
  }

  /** @param {string} name of a lesson that is done now */
  add(name) {
    this.done.add(name);
    remember([...this.done]);
  }

  /** @returns {string | null} for a link */
  get words() {
    return [...this.done].join(".") || null;
  }
}
