// @ts-check
/**
 * Work of which only the newest counts: one piece is on its way, one waits, and what is newer takes the place of that.
 *
 * So a drag shows as many pictures as can be made, and always ends with the last one.
 */

import { Refusal } from "../core/api.js";

const OUTDATED = 409; // the server has dropped it for a newer one

/**
 * @template Asked
 * @template Answer
 */
export class Latest {
  /**
   * @param {(asked: Asked, signal: AbortSignal) => Promise<Answer>} work
   * @param {(answer: Answer, asked: Asked) => void} show
   * @param {(error: Error) => void} fail
   */
  constructor(work, show, fail) {
    this.work = work;
    this.show = show;
    this.fail = fail;
    /** @type {{asked: Asked} | null} */
    this.waiting = null;
    this.busy = false;
    this.end = new AbortController();
  }

  /** @param {Asked} asked */
  ask(asked) {
    this.waiting = { asked };
    if (!this.busy) {
      this.run();
    }
  }

  /** Forgets what waits, and shows nothing of what is on its way. */
  stop() {
    this.waiting = null;
    this.end.abort();
  }

  async run() {
    this.busy = true;
    while (this.waiting) {
      const { asked } = this.waiting;
      this.waiting = null;
      try {
        const answer = await this.work(asked, this.end.signal);
        if (!this.end.signal.aborted) {
          this.show(answer, asked);
        }
      } catch (error) {
        const outdated = error instanceof Refusal && error.status === OUTDATED;
        if (!outdated && !this.end.signal.aborted && this.waiting === null) {
          this.fail(error instanceof Error ? error : new Error(String(error)));
        }
      }
    }
    this.busy = false;
  }
}
