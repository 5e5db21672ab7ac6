// @ts-check
import { alarm, h } from "../../studio/static/core/dom.js";
import { written } from "./address.js";
/** @import { Page } from "./main.js" */

/**
 * Buttons that save what is seen, and that copy where it is.
 * @param {Page} page
 * @returns {HTMLElement}
 */
export function saving(page) {
  const { model, store } = page;
  const name = model.title.replace(/[^\p{L}\p{N}]+/gu, "-") || "sample";
  const save = (/** @type {() => HTMLCanvasElement | null} */ canvas, /** @type {string} */ what) => () => {
    canvas()?.toBlob((blob) => {
      if (blob !== null) {
        const address = URL.createObjectURL(blob);
        h("a", { href: address, download: `${name}-${what}-${store.state.corners[0]}.png` }).click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
      }
    }, "image/png");
  };
  const copy = h("button", { type: "button", data: { testid: "copy" } }, "Copy link");
  copy.addEventListener("click", async () => {
    const address = `${location.href.split("#")[0]}#${written(model, store.state)}`;
    const copied = await copiedText(address);
    alarm(copied ? "The link is copied." : `The browser does not let the page copy. The link: ${address}`);
    copy.textContent = copied ? "Copied" : "Copy link";
    setTimeout(() => (copy.textContent = "Copy link"), 2000);
  });
  const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {() => void} */ click) =>
    h("button", { type: "button", data: { testid: id }, on: { click } }, text);
  return h(
    "div",
    { class: "row saving" },
    button(
      "save-picture",
      "Save picture",
      save(() => page.canvas, "sample"),
    ),
    page.strip !== null &&
      button(
        "save-strip",
        "Save strip",
        save(() => page.strip, "strip"),
      ),
    copy,
  );
}

/**
 * Copy a text to the clipboard.
 * @param {string} text
 * @returns {Promise<boolean>} Whether the browser has let us.
 */
async function copiedText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
