// @ts-check
/** The studio: a rail of pages, a bar, and the page that the address names. */

import { addressOf, OF_RUN, readAddress } from "./core/address.js";
import { alarm, fill, h } from "./core/dom.js";
import { icon } from "./core/icons.js";
import { onKey } from "./core/keys.js";
import { refreshRuns, watchRuns } from "./core/runs.js";
import { makeBar, showKeys } from "./parts/bar.js";

/** @typedef {import("./core/address.js").Address} Address */
/** @typedef {(root: HTMLElement, address: Address) => Promise<() => void>} Open */

/** @type {{name: string, title: string, icon: import("./core/icons.js").IconName, load: () => Promise<{open: Open}>}[]} */
const PAGES = [
  { name: "start", title: "Start", icon: "start", load: () => import("./pages/start.js") },
  { name: "train", title: "Train", icon: "train", load: () => import("./pages/train.js") },
  { name: "explore", title: "Explore", icon: "explore", load: () => import("./pages/explore.js") },
  { name: "playground", title: "Playground", icon: "playground", load: () => import("./pages/playground.js") },
  { name: "runs", title: "Runs", icon: "runs", load: () => import("./pages/runs.js") },
  { name: "health", title: "Health", icon: "health", load: () => import("./pages/health.js") },
  { name: "export", title: "Export", icon: "export", load: () => import("./pages/export.js") },
];

const rail = part("rail");
const root = part("page");
/** @type {string | null} */
let newest = null;
/** @type {() => void} */
let leave = () => undefined;
let opened = 0;

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
function part(id) {
  const element = document.getElementById(id);
  if (!element) {
    throw new Error(`The shell has no #${id}.`);
  }
  return element;
}

/** @returns {string | null} the run that pages of a run are about: the address's, or the newest */
function currentRun() {
  return readAddress().run ?? newest;
}

function drawRail() {
  const { page } = readAddress();
  const links = PAGES.map((one, index) => h("a", {
    href: addressOf(one.name, currentRun()),
    title: `${one.title} (${index + 1})`,
    "aria-current": one.name === page && "page",
    data: { testid: `page-${one.name}` },
  }, icon(one.icon), one.title));
  const focused = rail.contains(document.activeElement)
    ? [...rail.querySelectorAll("a")].indexOf(/** @type {any} */ (document.activeElement)) : -1;
  fill(rail, h("img", { class: "mark", src: "/static/icon.svg", alt: "zerosum studio" }), links);
  links[focused]?.focus();
}

/** Opens the page that the address names. */
async function show() {
  const turn = ++opened;
  const address = readAddress();
  const page = PAGES.find((one) => one.name === address.page) ?? PAGES[0];
  drawRail();
  document.title = `${page.title}${OF_RUN.has(page.name) && address.run ? ` · ${address.run}` : ""} · zerosum studio`;
  leave();
  leave = () => undefined;
  delete root.dataset.ready;
  root.dataset.page = page.name;
  // A place of its own for every page: one that is left while it is still being made goes on drawing where nobody looks.
  const place = h("div", { class: "page" });
  fill(root, place);
  if (OF_RUN.has(page.name) && address.run === null) {
    await looked;
    if (turn !== opened) {
      return;
    }
    if (newest !== null) {
      location.replace(addressOf(page.name, newest, address.query));
      return;
    }
  }
  try {
    const { open } = await page.load();
    if (turn === opened) {
      const left = await open(place, address);
      // Somebody may have gone on while the page was being made.
      if (turn === opened) {
        leave = left;
        root.dataset.ready = page.name;
      } else {
        left();
      }
    }
  } catch (error) {
    if (turn === opened) {
      const sentence = error instanceof Error ? error.message : String(error);
      fill(place, h("p", { class: "problem", role: "alert", data: { testid: "problem" } }, sentence));
      alarm(sentence);
    }
  }
}

PAGES.forEach((page, index) => onKey(String(index + 1), `go to ${page.title}`, () => {
  location.hash = addressOf(page.name, currentRun());
}));
onKey("?", "show the keys", showKeys);

watchRuns((runs) => {
  const first = newest === null && runs.length > 0;
  newest = runs[0]?.id ?? null;
  if (first) {
    drawRail();
  }
});
makeBar(part("bar"), currentRun); // after that, so that it hears of runs when the newest is known
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault(); // an address names a page of the studio, and not a place on it
  root.focus();
});
window.addEventListener("hashchange", () => {
  show().then(() => root.focus({ preventScroll: true }));
});
/** The first look at the runs, after which it is known which of them is the newest. */
const looked = refreshRuns().catch(() => undefined);
show();
