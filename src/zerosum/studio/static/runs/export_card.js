// @ts-check
/** One thing that can be made of a model: what it is for, how large, with which options; and the file. */

import { post } from "../core/api.js";
import { alarm, announce, fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { bytes, duration, number } from "../core/words.js";
import { makeCommand } from "../parts/command.js";
import { makeForm } from "../parts/form.js";
import { WORDS } from "./exports.js";

/**
 * What the server offers.
 * @typedef {object} Offer
 * @property {string} to
 * @property {boolean} possible
 * @property {string | null} why not
 * @property {number | null} bytes about
 * @property {number | null} milliseconds about, from a latent to a picture in the page
 * @property {string | null} command that does the same
 */

/**
 * @param {string} model id
 * @param {Offer} offer
 * @param {boolean} first whether it is the page's first thing to do
 * @returns {{element: HTMLElement, stop: () => void}}
 */
export function exportCard(model, offer, first) {
  const { name, what, make, options } = WORDS[offer.to] ?? { name: offer.to, what: "", make: "Make it", options: [] };
  const testid = `export-${offer.to}`;
  const form = makeForm([group(options)], () => undefined, { bare: true });
  const command = makeCommand(`${testid}-command`);
  command.show(offer.command);
  const result = h("div", { class: "stack result", data: { testid: `${testid}-result` } });
  // The usual values of these forms are the page's own, so that the server is told them as well.
  const usual = Object.fromEntries(options.map((option) => [option.name, option.value]));
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let clock;
  const write = async () => {
    form.accept();
    button.disabled = true;
    clock = showWork(result);
    try {
      const asked = { to: offer.to, ...usual, ...form.changes().options };
      const made = await post(`/api/models/${encodeURIComponent(model)}/export`, asked);
      const link = fileLink(made, testid);
      fill(result, link, (made.checks ?? []).map((/** @type {string} */ check) => h("p", { class: "small" }, check)));
      link.click();
      announce(`${made.name} is made.`);
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      fill(result, !form.refuse(sentence) && h("p", { class: "problem" }, sentence));
      alarm(sentence);
    } finally {
      clearInterval(clock);
      button.disabled = false;
    }
  };
  const button = h("button", { class: first ? "primary" : "", data: { testid }, on: { click: write } }, make);
  const possible = [estimate(offer, testid), options.length > 0 && form.element, h("div", { class: "row" }, button),
    result, command.element];
  const element = h("section", { class: "card stack export", "aria-labelledby": `${testid}-name`,
    data: { testid: `${testid}-card` } }, h("div", null, h("h2", { id: `${testid}-name` }, name),
    h("p", { class: "soft" }, what)), offer.possible ? possible
    : h("p", { class: "why-not", data: { testid: `${testid}-why` } }, offer.why));
  return { element, stop: () => clearInterval(clock) };
}

/**
 * @param {import("../parts/control.js").Field[]} fields
 * @returns {import("../parts/control.js").Field}
 */
function group(fields) {
  return { name: "options", label: "", help: "", kind: "group", value: null, fields };
}

/**
 * @param {{file: string, name: string, bytes: number}} made
 * @param {string} testid
 */
function fileLink({ file, name, bytes: size }, testid) {
  return h("a", { class: "button", href: `/api/files/${encodeURIComponent(file)}`, download: name,
    data: { testid: `${testid}-file` } }, icon("download"), `${name}, ${bytes(size)}`);
}

/**
 * How large it will be, and how fast.
 * @param {Offer} offer
 * @param {string} testid
 */
function estimate({ bytes: size, milliseconds }, testid) {
  const parts = [size !== null && `have about ${bytes(size)}`,
    milliseconds !== null && `draw a picture in about ${speed(milliseconds)}`].filter(Boolean);
  return parts.length > 0 && h("p", { data: { testid: `${testid}-estimate` } }, `It will ${parts.join(", and ")}.`);
}

/** @param {number} milliseconds */
function speed(milliseconds) {
  return milliseconds < 1000 ? `${number(milliseconds, 2)} ms` : duration(milliseconds / 1000);
}

/**
 * Shows that something is being made, and for how long already.
 * @param {HTMLElement} place
 * @returns {ReturnType<typeof setInterval>} what counts the seconds
 */
function showWork(place) {
  const since = performance.now();
  const words = h("p", { class: "soft small" }, "Being made");
  fill(place, h("progress", { "aria-label": "Being made" }), words);
  return setInterval(() => fill(words, `Being made, for ${duration((performance.now() - since) / 1000)}`), 1000);
}
