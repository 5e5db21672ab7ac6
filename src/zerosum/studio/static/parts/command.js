// @ts-check
/** The command line that does the same, or another text to take along, with a button that copies it. */

import { announce, fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";

const COPIED = 2_000; // milliseconds in which the button says so

/**
 * @param {string} testid
 * @param {string} [what] the text is
 * @returns {{element: HTMLElement, show: (command: string | null) => void}} null where there is none yet
 */
export function makeCommand(testid, what = "command") {
  const text = h("code", { class: "command", data: { testid } });
  const copy = h("button", { class: "quiet", data: { testid: `copy-${testid}` }, on: { click: async () => {
    await navigator.clipboard.writeText(text.textContent ?? "");
    announce(`The ${what} is copied.`);
    fill(copy, icon("check"), "Copied");
    setTimeout(() => fill(copy, icon("copy"), `Copy as ${what}`), COPIED);
  } } }, icon("copy"), `Copy as ${what}`);
  const element = h("div", { class: "command-line", hidden: true }, text, copy);
  return { element, show: (command) => {
    element.hidden = command === null;
    text.textContent = command;
  } };
}
