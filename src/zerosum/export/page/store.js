// @ts-check
/** @import { State } from "./types.js" */

/** What a person has set, and who wants to know when it changes. */
export class Store {
  /** @type {((state: State, before: State) => void)[]} */
  #watchers = [];

  /** @param {State} state */
  constructor(state) {
    this.state = state;
  }

  /**
   * Set something.
   * @param {Partial<State>} changes
   */
  change(changes) {
    const before = this.state;
    this.state = { ...before, ...changes };
    for (const watcher of this.#watchers) {
      watcher(this.state, before);
    }
  }

  /**
   * Hear of every change.
   * @param {(state: State, before: State) => void} watcher
   */
  watch(watcher) {
    this.#watchers.push(watcher);
  }
}

/**
 * Whether something is not as it was.
 * @param {State} state
 * @param {State} before
 * @param {(keyof State)[]} names Of what is looked at.
 * @returns {boolean}
 */
export function differ(state, before, names) {
  return names.some((name) => state[name] !== before[name]);
}

/**
 * A function that is called once nobody has asked for it for a while.
 * @param {number} milliseconds
 * @param {() => void} action
 * @returns {() => void}
 */
export function settled(milliseconds, action) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}
