// @ts-check
/** One thing that can be made of a model: what it is for, how large, with which options; and the file. */

import { post } from "../core/api.js";
import { alarm, announce, fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { bytes, duration, number, roughly } from "../core/words.js";
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
 * @property {boolean} [truncation] of samples: whether the model knows truncation
 */

/**
 * @param {string} model id
 * @param {Offer} offer
 * @param {object} what
 * @param {boolean} what.pictured whether samples are pictures
 * @param {boolean} what.first whether it is the page's first thing to do
 * @returns {{element: HTMLElement, stop: () => void}}
 */
export function exportCard(model, offer, { pictured, first }) {
  const { name, what, make, options: all } = WORDS[offer.to];
  const unfit = [offer.truncation !== true && "truncation", !pictured && "columns"];
  const options = all.filter((option) => !unfit.includes(option.name));
  const testid = `export-${offer.to}`;
  const path = `/api/models/${encodeURIComponent(model)}/export`;
  const form = makeForm([group(options)], () => attempt(async () => {
    command.show((await post(`${path}/command`, asked())).command);
  }), { bare: true });
  const command = makeCommand(`${testid}-command`);
  command.show(offer.command);
  const result = h("div", { class: "stack result", data: { testid: `${testid}-result` } });
  // The usual values of these forms are the page's own, so that the server is told them as well.
  const usual = Object.fromEntries(options.map((option) => [option.name, option.value]));
  const asked = () => ({ to: offer.to, ...usual, ...form.changes().options });
  /** @param {() => Promise<void>} act what may be refused */
  const attempt = async (act) => {
    form.accept();
    try {
      await act();
    } catch (error) {
      const sentence = error instanceof Error ? error.message : String(error);
      fill(result, !form.refuse(sentence) && h("p", { class: "problem" }, sentence));
      alarm(sentence);
    }
  };
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let clock;
  const write = async () => {
    button.disabled = true;
    clock = showWork(result);
    await attempt(async () => {
      const made = await post(path, asked());
      const link = fileLink(made, testid);
      fill(result, link, made.checks.map((/** @type {string} */ check) => h("p", { class: "small" }, check)));
      link.click();
      announce(`${made.name} is made.`);
    });
    clearInterval(clock);
    button.disabled = false;
  };
  const button = h("button", { class: first ? "primary" : "", data: { testid }, on: { click: write } }, make);
  const possible = [estimate(offer, testid), options.length > 0 && form.element, h("div", { class: "row" }, button),
    result, command.element];
  const element = h("section", { class: "card stack export", "aria-labelledby": `${testid}-name`,
    data: { testid: `${testid}-card` } }, h("div", null, h("h3", { id: `${testid}-name` }, name),
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
  const parts = [size !== null && `About ${bytes(roughly(size))}`,
    milliseconds !== null && `drawing an image in about ${speed(milliseconds)}`].filter(Boolean);
  return parts.length > 0 && h("p", { data: { testid: `${testid}-estimate` } }, parts.join(", "));
}

/** @param {number} milliseconds */
function speed(milliseconds) {
  return milliseconds < 1000 ? `${number(roughly(milliseconds))} ms` : duration(milliseconds / 1000);
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
