// @ts-check
/**
 * Events of runs as they happen: one stream for the whole tab, however many runs are followed.
 *
 * Each message's id says up to which byte every run has been heard. It is kept here, because a browser gives up for
 * good after some failures, and because the runs that are followed change; whoever goes on says where.
 */

/**
 * @typedef {object} Follower
 * @property {(event: any, offset: string) => void} [event] one event of the run's record
 * @property {(state: any) => void} [state] the run's state has changed
 * @property {() => void} [reset] the record was cut back: what was heard is to be loaded again
 */

const HIDDEN = 60_000; // milliseconds after which a tab that nobody sees stops listening
const FIRST_WAIT = 250; // milliseconds before the first new try
const LONGEST_WAIT = 5_000;

/** @type {Map<string, {offset: string, followers: Set<Follower>}>} */
const runs = new Map();
/** @type {EventSource | null} */
let source = null;
let wait = FIRST_WAIT;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let opening;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;
/** @type {Set<(connected: boolean) => void>} */
const watchers = new Set();

/**
 * Follows a run from a place in its record on.
 * @param {string} run
 * @param {string} offset as the server gave it
 * @param {Follower} follower
 * @returns {() => void} ends it
 */
export function follow(run, offset, follower) {
  const known = runs.get(run);
  if (known && known.offset === offset) {
    known.followers.add(follower);
  } else {
    runs.set(run, { offset, followers: new Set([...(known?.followers ?? []), follower]) });
    reopen(0);
  }
  return () => {
    const entry = runs.get(run);
    entry?.followers.delete(follower);
    if (entry && !entry.followers.size) {
      runs.delete(run);
      reopen(0);
    }
  };
}

/**
 * Hears whether the studio answers.
 * @param {(connected: boolean) => void} watcher
 * @returns {() => void} ends it
 */
export function watchConnection(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** @param {number} delay milliseconds */
function reopen(delay) {
  clearTimeout(opening);
  opening = setTimeout(open, delay);
}

function open() {
  source?.close();
  source = null;
  if (!runs.size || document.hidden && hiding === undefined) {
    return;
  }
  const query = new URLSearchParams([...runs].map(([run, { offset }]) => ["run", `${run}:${offset}`]));
  source = new EventSource(`/api/stream?${query}`);
  source.onopen = () => {
    wait = FIRST_WAIT;
    tell(true);
  };
  source.onerror = () => {
    // Tried again here and not by the browser, which gives up when it is refused, as by a server that is just starting.
    source?.close();
    source = null;
    tell(false);
    reopen(wait);
    wait = Math.min(2 * wait, LONGEST_WAIT);
  };
  source.addEventListener("run", hear);
  source.addEventListener("state", (message) => {
    const { run, ...state } = JSON.parse(message.data);
    runs.get(run)?.followers.forEach((follower) => follower.state?.(state));
  });
  source.addEventListener("reset", (message) => {
    const { run } = JSON.parse(message.data);
    runs.get(run)?.followers.forEach((follower) => follower.reset?.());
  });
}

/** @param {MessageEvent} message */
function hear(message) {
  for (const part of message.lastEventId.split(",")) {
    const cut = part.lastIndexOf(":");
    const entry = runs.get(decodeURIComponent(part.slice(0, cut)));
    if (entry) {
      entry.offset = part.slice(cut + 1);
    }
  }
  const { run, events } = JSON.parse(message.data);
  const entry = runs.get(run);
  if (entry) {
    for (const follower of entry.followers) {
      for (const event of events) {
        follower.event?.(event, entry.offset);
      }
    }
  }
}

/** @param {boolean} connected */
function tell(connected) {
  watchers.forEach((watcher) => watcher(connected));
}

document.addEventListener("visibilitychange", () => {
  clearTimeout(hiding);
  hiding = undefined;
  if (document.hidden) {
    hiding = setTimeout(() => {
      hiding = undefined;
      source?.close();
      source = null;
    }, HIDDEN);
  } else if (!source) {
    reopen(0);
  }
});
