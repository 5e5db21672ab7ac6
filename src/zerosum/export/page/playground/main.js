// @ts-check
/** The studio's playground as a page of its own: its engine's worker is made of text in the page. */

import { alarm, fill, h } from "../../../studio/static/core/dom.js";
import { showTheme, turnTheme } from "../../../studio/static/core/theme.js";
import { openPlayground } from "../../../studio/static/playground/page.js";

const root = /** @type {HTMLElement} */ (document.getElementById("page"));
const engine = document.getElementById("worker")?.textContent ?? "";

/** @returns {Worker} */
function makeWorker() {
  const address = URL.createObjectURL(new Blob([engine], { type: "text/javascript" }));
  const worker = new Worker(address);
  // Some browsers read the address only after this function has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return worker;
}

/** @type {() => void} ends the game that is there */
let close = () => undefined;

/** Opens the game that the address names. */
async function open() {
  close();
  const { ready, close: end } = openPlayground(root, {
    makeWorker,
    query: new URLSearchParams(location.hash.slice(1)),
    remember: (query) => history.replaceState(null, "", `#${query}`),
    link: () => location.href,
  });
  close = end;
  await ready;
  root.dataset.ready = "playground";
}

/** @param {unknown} error */
function fail(error) {
  const sentence = `The playground could not be started: ${error instanceof Error ? error.message : error}`;
  fill(root, h("p", { class: "problem" }, sentence));
  alarm(sentence);
}

showTheme();
document.getElementById("theme")?.addEventListener("click", turnTheme);
// Somebody has put another link in; what the page itself remembers there is told to nobody.
addEventListener("hashchange", () => open().catch(fail));
open().catch(fail);
