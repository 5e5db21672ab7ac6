// @ts-check
/** Generated samples beside the training samples nearest to them: what was memorised shows here. */

import { postForBlob } from "../core/api.js";
import { alarm, fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";

const ROWS = 8; // samples that are looked up at once
const NEAREST = 3; // training samples beside each

/**
 * @param {string} model id
 * @returns {{element: HTMLElement, stop: () => void}}
 */
export function makeGallery(model) {
  let first = 0; // number of the first sample that is shown
  let address = "";
  const image = h("img", { class: "pixels gallery-image", hidden: true, alt: "", data: { testid: "gallery-image" } });
  const words = h("p", { class: "soft small", role: "status", data: { testid: "gallery-words" } });
  const show = h("button", { data: { testid: "gallery-show" }, on: { click: () => look(0) } },
    "Show the nearest training samples");
  const next = h("button", { hidden: true, data: { testid: "gallery-next" }, on: { click: () => look(first + ROWS) } },
    icon("right"), `The next ${ROWS}`);
  const look = async (/** @type {number} */ from) => {
    [show.disabled, next.disabled] = [true, true];
    fill(words, "Looking through the training samples");
    try {
      const seeds = Array.from({ length: ROWS }, (_, index) => from + index);
      const blob = await postForBlob(`/api/models/${encodeURIComponent(model)}/nearest`, { seeds, count: NEAREST });
      URL.revokeObjectURL(address);
      address = URL.createObjectURL(blob);
      first = from;
      image.src = address;
      const which = `Samples number ${from} to ${from + ROWS - 1}`;
      image.alt = `${which}, each with its ${NEAREST} nearest training samples to the right`;
      fill(words, `${which}: the generated sample on the left, then its ${NEAREST} nearest training samples.`);
      [image.hidden, show.hidden, next.hidden] = [false, true, false];
    } catch (error) {
      fill(words, error instanceof Error ? error.message : String(error));
      alarm(words.textContent ?? "");
    } finally {
      [show.disabled, next.disabled] = [false, false];
    }
  };
  return {
    element: h("section", { class: "card stack", "aria-labelledby": "gallery", data: { testid: "gallery" } },
      h("div", null, h("h2", { id: "gallery" }, "Learned, or memorised?"), h("p", { class: "soft small" },
        "Generated samples beside the training samples nearest to them. A sample that equals one of them was "
          + "memorised; one that only resembles them was learned.")),
      words, image, h("div", { class: "row" }, show, next)),
    stop: () => URL.revokeObjectURL(address),
  };
}
