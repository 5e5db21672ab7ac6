// @ts-check
/** The state of the page as it changes: who shows it is told, and every change that has settled can be undone. */

const MOST_REMEMBERED = 200;

/** @template {object} State a value that is replaced and never changed */
export class Scene {
  /** @param {State} state where one begins */
  constructor(state) {
    this.state = state;
    /** @type {State[]} */
    this.before = [];
    /** @type {State[]} */
    this.after = [];
    this.settledState = state;
    /** @type {Set<(state: State, settled: boolean) => void>} */
    this.watchers = new Set();
  }

  /**
   * @param {(state: State, settled: boolean) => void} watcher is told of every change; `settled` is false while
   *   something is dragged
   */
  watch(watcher) {
    this.watchers.add(watcher);
  }

  /**
   * @param {Partial<State>} change
   * @param {boolean} [settled]
   */
  set(change, settled = true) {
    this.state = { ...this.state, ...change };
    if (settled && JSON.stringify(this.state) !== JSON.stringify(this.settledState)) {
      this.before = [...this.before.slice(1 - MOST_REMEMBERED), this.settledState];
      this.after = [];
      this.settledState = this.state;
    }
    this.tell(settled);
  }

  /** @returns {boolean} whether there was something to undo */
  undo() {
    const state = this.before.pop();
    if (state) {
      this.after.push(this.settledState);
      this.settledState = this.state = state;
      this.tell(true);
    }
    return state !== undefined;
  }

  /** @returns {boolean} whether there was something to do again */
  redo() {
    const state = this.after.pop();
    if (state) {
      this.before.push(this.settledState);
      this.settledState = this.state = state;
      this.tell(true);
    }
    return state !== undefined;
  }

  /** @param {boolean} settled */
  tell(settled) {
    for (const watcher of this.watchers) {
      watcher(this.state, settled);
    }
  }
}
