// @ts-check
/** Export: what can be made of a run's model for others, how large it would be, and the file. */

import { get } from "../core/api.js";
import { addressOf } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { refreshRuns } from "../core/runs.js";
import { emptyPage } from "../runs/empty.js";
import { exportCard } from "../runs/export_card.js";
import { GROUPS, WORDS } from "../runs/exports.js";

/** @typedef {import("../runs/export_card.js").Offer} Offer */

/**
 * @param {HTMLElement} root
 * @param {import("../core/address.js").Address} address
 * @returns {Promise<() => void>}
 */
export async function open(root, { run }) {
  const known = (await refreshRuns()).find((one) => one.id === run);
  if (run === null) {
    fill(root, emptyPage("nothing-to-export", { title: "There is nothing to export yet", label: "Train something",
      href: addressOf("start"), words: "Train a model first. You can then give it to anybody, as one web page." }));
    return () => undefined;
  }
  if (known?.model === false) {
    fill(root, emptyPage("no-model", { title: "This run has no model yet", label: "Watch it train",
      href: addressOf("train", run), words: "The first checkpoint brings it, about a minute after the start." }));
    return () => undefined;
  }
  const groups = fill(h("div", { class: "exports" }), h("p", { class: "soft", role: "status" },
    "Opening the model, to see what can be made of it"));
  fill(root, h("div", { class: "stack" }, h("div", null, h("h1", null, "Export"), h("p", { class: "soft" },
    `The model of ${run}, to use elsewhere or to give away.`)), groups));
  /** @type {Offer[]} */
  const offers = await get(`/api/models/${encodeURIComponent(run)}/exports`);
  const pictured = offers.some((offer) => offer.to === "film");
  const first = offers.find((offer) => offer.possible);
  const cards = offers.map((offer) => ({ of: WORDS[offer.to].of,
    ...exportCard(run, offer, { pictured, first: offer === first }) }));
  fill(groups, Object.entries(GROUPS).map(([of, title]) => h("section", { class: "stack", "aria-labelledby": of },
    h("h2", { id: of }, title), cards.filter((card) => card.of === of).map((card) => card.element))));
  return () => cards.forEach((card) => card.stop());
}
