// @ts-check

/**
 * Work for one engine: one thing at a time, the most urgent first, and of each thing only the newest.
 *
 * A view that asks again before its turn has come takes its earlier request back. So fifty quick moves of a slider are
 * drawn as often as there is time for, and the last one always.
 */
export class Turns {
  /** @type {Map<string, {urgency: number, work: () => Promise<void>, done: (drawn: boolean) => void}>} */
  #waiting = new Map();
  #busy = false;

  /**
   * Ask for a turn.
   * @param {string} view Who asks.
   * @param {number} urgency 0 comes first.
   * @param {() => Promise<void>} work
   * @returns {Promise<boolean>} Whether it was done; false where the view has asked for something newer.
   */
  ask(view, urgency, work) {
    this.#waiting.get(view)?.done(false);
    return new Promise((done) => {
      this.#waiting.set(view, { urgency, work, done });
      void this.#go();
    });
  }

  /**
   * Take back what a view has asked for.
   * @param {string} prefix Of the names of views.
   */
  forget(prefix) {
    for (const [view, { done }] of this.#waiting) {
      if (view.startsWith(prefix)) {
        this.#waiting.delete(view);
        done(false);
      }
    }
  }

  async #go() {
    if (this.#busy) {
      return;
    }
    this.#busy = true;
    try {
      while (this.#waiting.size > 0) {
        const [view, turn] = [...this.#waiting].reduce((a, b) => (b[1].urgency < a[1].urgency ? b : a));
        this.#waiting.delete(view);
        await turn.work();
        turn.done(true);
      }
    } finally {
      this.#busy = false;
    }
  }
}
