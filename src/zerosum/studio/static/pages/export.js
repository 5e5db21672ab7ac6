// @ts-check
/** Export: what can be made of a run's model for others, how large it would be, and the file. */

import { get } from "../core/api.js";
import { addressOf } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { refreshRuns } from "../core/runs.js";
import { emptyPage } from "../runs/empty.js";
import { exportCard } from "../runs/export_card.js";

/**
 * @param {HTMLElement} root
 * @param {import("../core/address.js").Address} address
 * @returns {Promise<() => void>}
 */
export async function open(root, { run }) {
  const known = (await refreshRuns()).find((one) => one.id === run);
  if (run === null) {
    fill(root, emptyPage("nothing-to-export", { title: "There is nothing to export yet", label: "Train something",
      href: addressOf("start"), words: "Train something: its model can then be given to anybody, as one web page." }));
    return () => undefined;
  }
  if (known?.model === false) {
    fill(root, emptyPage("no-model", { title: "This run has no model yet", label: "Watch it train",
      href: addressOf("train", run), words: "It is written at the first checkpoint, about a minute after it began." }));
    return () => undefined;
  }
  const cards = h("div", { class: "exports" });
  fill(root, h("div", { class: "stack" }, h("div", null, h("h1", null, "Export"), h("p", { class: "soft" },
    `What ${run} has learned, for others and for elsewhere.`)), cards));
  /** @type {import("../runs/export_card.js").Offer[]} */
  const offers = await get(`/api/models/${encodeURIComponent(run)}/exports`);
  const first = offers.find((offer) => offer.possible);
  const made = offers.map((offer) => exportCard(run, offer, offer === first));
  fill(cards, made.map((card) => card.element));
  return () => made.forEach((card) => card.stop());
}
