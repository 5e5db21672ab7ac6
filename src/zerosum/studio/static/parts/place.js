// @ts-check
/** Where data can be taken from: the sets that come with zerosum, earlier uploads, and the studio's own folder. */

import { get } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { bytes, counted } from "../core/words.js";

/**
 * @typedef {object} Place
 * @property {string} id
 * @property {string} name
 * @property {"built-in" | "upload" | "folder" | "file"} kind
 * @property {number | null} [size] of a file, in bytes
 * @property {string} [about] a sentence
 * @property {string} [thumb] address of a small picture
 * @property {number} [count] files of an upload
 */

/**
 * @param {(place: Place) => void} onChoose
 * @returns {{element: HTMLElement, refresh: () => Promise<Place[]>}} refresh gives the places at the top
 */
export function makePlaces(onChoose) {
  const builtIn = h("section", { "aria-labelledby": "places-built-in", hidden: true });
  const uploads = h("section", { "aria-labelledby": "places-uploads", hidden: true });
  const folder = h("section", { "aria-labelledby": "places-folder", hidden: true });
  const element = h("div", { class: "places", data: { testid: "places" } }, builtIn,
    h("div", { class: "places-own" }, uploads, folder));

  /** @param {string} [at] id of a folder; the studio's own without it */
  const look = async (at) => {
    const listing = await get(at === undefined ? "/api/places" : `/api/places?at=${encodeURIComponent(at)}`);
    /** @type {Place[]} */
    const entries = listing.entries;
    const inside = entries.filter((entry) => entry.kind === "folder" || entry.kind === "file");
    if (at === undefined) {
      showSets(builtIn, entries.filter((entry) => entry.kind === "built-in"), onChoose);
      showUploads(uploads, entries.filter((entry) => entry.kind === "upload"), onChoose);
    }
    showFolder(folder, { ...listing, entries: inside }, onChoose, (/** @type {string | undefined} */ id) => {
      look(id).then(() => folder.querySelector("button")?.focus()).catch((error) => fill(folder,
        h("p", { class: "problem", role: "alert" }, error.message)));
    });
    return entries;
  };
  return { element, refresh: () => look() };
}

/**
 * @param {HTMLElement} section
 * @param {Place[]} places
 * @param {(place: Place) => void} onChoose
 */
function showSets(section, places, onChoose) {
  section.hidden = !places.length;
  fill(section, h("div", { class: "heading" }, h("h2", { id: "places-built-in" }, "Or take a built-in data set")),
    h("ul", { class: "sets" }, places.map((place) => h("li", null, h("button", { class: "set",
      data: { testid: `place-${place.name}` }, on: { click: () => onChoose(place) } },
      place.thumb && h("img", { src: place.thumb, alt: "", width: 72, height: 72, loading: "lazy" }),
      h("span", { class: "set-words" }, h("strong", null, place.name),
        h("span", { class: "soft small about" }, place.about)))))));
}

/**
 * @param {HTMLElement} section
 * @param {Place[]} places
 * @param {(place: Place) => void} onChoose
 */
function showUploads(section, places, onChoose) {
  section.hidden = !places.length;
  fill(section, h("div", { class: "heading" }, h("h2", { id: "places-uploads" }, "Uploaded before")),
    h("ul", { class: "listing" }, places.map((place) => entry(place, place.count
      ? counted(place.count, "file") : "", () => onChoose(place)))));
}

/**
 * @param {HTMLElement} section
 * @param {{at: string | null, name: string, parent: string | null, entries: Place[]}} listing
 * @param {(place: Place) => void} onChoose
 * @param {(id: string | undefined) => void} onEnter
 */
function showFolder(section, listing, onChoose, onEnter) {
  const { at, entries, parent } = listing;
  const inner = at !== null;
  section.hidden = !entries.length && !inner;
  const title = h("h2", { id: "places-folder" }, inner ? listing.name : `In the folder ${listing.name}`);
  fill(section, h("div", { class: "heading" }, title),
    inner && h("div", { class: "row" },
      h("button", { data: { testid: "place-up" }, on: { click: () => onEnter(parent ?? undefined) } },
        icon("left"), "Back"),
      h("button", { data: { testid: "place-use" }, on: { click: () => onChoose(
        { id: at, name: listing.name, kind: "folder" }) } }, "Use this folder")),
    entries.length ? h("ul", { class: "listing" }, entries.map((place) => place.kind === "folder"
      ? entry(place, "folder", () => onEnter(place.id))
      : entry(place, bytes(place.size ?? 0), () => onChoose(place))))
      : h("p", { class: "soft" }, "It holds no folder and no table. Pictures are not listed: use it if it has some."));
}

/**
 * @param {Place} place
 * @param {string} note
 * @param {() => void} act
 * @returns {HTMLElement}
 */
function entry(place, note, act) {
  return h("li", null, h("button", { class: "entry", data: { testid: `place-${place.name}` }, on: { click: act } },
    icon(place.kind === "file" ? "file" : "folder"), h("span", { class: "entry-name" }, place.name),
    h("span", { class: "soft small" }, note)));
}
