// @ts-check
/** Where in the studio one is: `#/PAGE?query`, or `#/run/RUN/PAGE?query` for what belongs to a run. */

/** @typedef {{page: string, run: string | null, query: URLSearchParams}} Address */

/** Pages that belong to a run. */
export const OF_RUN = new Set(["train", "explore", "health", "export"]);

/**
 * @param {string} [hash]
 * @returns {Address}
 */
export function readAddress(hash = location.hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").map(decodeURIComponent);
  const ofRun = parts[0] === "run" && parts.length > 1;
  return {
    page: (ofRun ? parts[2] : parts[0]) || (ofRun ? "train" : "start"),
    run: ofRun ? parts[1] : null,
    query: new URLSearchParams(query),
  };
}

/**
 * @param {string} page
 * @param {string | null} [run]
 * @param {URLSearchParams | Record<string, string>} [query]
 * @returns {string} as in an anchor's href
 */
export function addressOf(page, run = null, query = {}) {
  const text = new URLSearchParams(query).toString();
  const path = run !== null && OF_RUN.has(page) ? `run/${encodeURIComponent(run)}/${page}` : page;
  return `#/${path}${text && "?"}${text}`;
}

/**
 * Changes the query without a new page, and without a step in the browser's history.
 * @param {URLSearchParams | Record<string, string>} query
 */
export function rememberQuery(query) {
  const { page, run } = readAddress();
  history.replaceState(null, "", addressOf(page, run, query));
}
