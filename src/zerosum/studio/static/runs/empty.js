// @ts-check
/** What is shown where there is nothing yet: why, and the one thing to do about it. */

import { h } from "../core/dom.js";

/**
 * @param {string} testid
 * @param {{title: string, words: string, label: string, href: string}} said
 * @returns {HTMLElement}
 */
export function emptyPage(testid, { title, words, label, href }) {
  return h("section", { class: "empty", data: { testid } }, h("h2", null, title), h("p", null, words),
    h("p", { class: "way-out" }, h("a", { class: "button primary", href, data: { testid: `${testid}-link` } }, label)));
}
