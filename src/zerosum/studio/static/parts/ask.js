// @ts-check
/**
 * A question before something is done that matters.
 *
 *     ask({ testid: "stop", title: "Stop the training?", body: [h("p", null, "...")], yes: "Stop", act: stop });
 *
 * The dialog stays until `act` has done its work, says what went wrong with it, and gives the focus back when it
 * closes.
 */

import { alarm, fill, h } from "../core/dom.js";

/**
 * @param {object} question
 * @param {string} question.testid
 * @param {string} question.title
 * @param {import("../core/dom.js").Child[]} question.body
 * @param {string} question.yes what the button does, in a word or two
 * @param {string} [question.meanwhile] what is said while it is being done
 * @param {() => Promise<unknown>} question.act
 */
export function ask({ testid, title, body, yes, meanwhile = "", act }) {
  const words = h("p", { class: "soft small", role: "status" });
  const wrong = h("p", { class: "problem", role: "alert", hidden: true, data: { testid: `${testid}-wrong` } });
  const go = h("button", { class: "primary", data: { testid: `${testid}-yes` } }, yes);
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    go.disabled = true;
    wrong.hidden = true;
    fill(words, meanwhile);
    try {
      await act();
      dialog.close();
    } catch (error) {
      wrong.hidden = false;
      wrong.textContent = error instanceof Error ? error.message : String(error);
      alarm(wrong.textContent);
    } finally {
      go.disabled = false;
      fill(words);
    }
  };
  const cancel = h("button", { type: "button", data: { testid: `${testid}-no` }, on: { click: () => dialog.close() } },
    "Cancel");
  const dialog = h("dialog", { class: "ask", "aria-labelledby": `${testid}-title`,
    data: { testid: `${testid}-dialog` }, on: { close: () => dialog.remove() } },
  h("form", { method: "dialog", class: "stack", on: { submit } }, h("h2", { id: `${testid}-title` }, title), ...body,
    wrong, words, h("div", { class: "row ask-keys" }, cancel, go)));
  document.body.append(dialog);
  dialog.showModal();
}
