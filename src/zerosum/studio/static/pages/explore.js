// @ts-check
/** Explore: what a run's model can make, and everything that can be done with its latents. */

import { get, Refusal } from "../core/api.js";
import { addressOf } from "../core/address.js";
import { alarm, fill, h } from "../core/dom.js";
import { refreshRuns } from "../core/runs.js";
import { number } from "../core/words.js";

/** @typedef {import("../explore/state.js").Model} Model */

/**
 * @param {HTMLElement} root
 * @param {import("../core/address.js").Address} address
 * @returns {Promise<() => void>}
 */
export async function open(root, { run, query }) {
  fill(root, waiting());
  // Loaded while the model is opened, not before.
  const loading = Promise.all([import("../explore/client.js"), import("../explore/images.js"),
    import("../explore/points.js"), import("../explore/table.js")]);
  const model = run === null ? null : await find(run);
  if (model === null) {
    fill(root, empty(run));
    return () => undefined;
  }
  const [{ Client }, { openImages }, { openPoints }, { openTable }] = await loading;
  const leaving = new AbortController();
  const said = h("p", { class: "unseen", role: "status", "aria-live": "polite", data: { testid: "said" } });
  const problem = h("p", { class: "problem", role: "alert", hidden: true, data: { testid: "problem" } });
  const page = h("div", { class: "stack" });
  fill(root, h("div", { class: "stack" }, heading(model), problem, page, said));
  const openKind = { image: openImages, points: openPoints, table: openTable }[model.kind];
  const backs = openKind(page, {
    model,
    client: new Client(model.id),
    left: leaving.signal,
    say: (text) => {
      said.textContent = text;
    },
    fail: (error) => {
      problem.hidden = false;
      problem.textContent = error.message;
      alarm(error.message);
    },
    well: () => {
      problem.hidden = true;
    },
  }, query);
  return () => {
    leaving.abort();
    backs.forEach((back) => back());
  };
}

/**
 * @param {string} run
 * @returns {Promise<Model | null>} null where the run is there, but has no model yet
 */
async function find(run) {
  try {
    return await get(`/api/models/${encodeURIComponent(run)}`);
  } catch (error) {
    const missing = error instanceof Refusal && error.status === 404;
    if (missing && (await refreshRuns()).some((one) => one.id === run)) {
      return null;
    }
    throw error;
  }
}

/** The page as it is going to be, while the model is opened. */
function waiting() {
  return h("div", { class: "stack" }, h("div", null, h("h1", null, "Explore"),
    h("p", { class: "soft", role: "status" }, "Opening the model …")),
      h("div", { class: "explore", "aria-hidden": "true" },
    h("div", { class: "card coming" }), h("div", { class: "card coming" })));
}

/** @param {Model} model */
function heading({ recipe, data, facts }) {
  const seen = facts.samples_seen === undefined ? "" : `, ${number(facts.samples_seen)} samples seen`;
  return h("div", null, h("h1", null, "Explore"), h("p", { class: "soft" },
    `${recipe}${data ? `, trained on ${data}` : ""}${seen}`));
}

/** @param {string | null} run */
function empty(run) {
  return h("section", { class: "empty", data: { testid: "nothing-to-explore" } },
    h("h2", null, run === null ? "There is nothing to explore yet" : "This run has no model yet"),
    h("p", null, run === null
      ? "Train something first: what it learns can then be walked through, mixed and computed with."
      : "It is written at the first checkpoint, about a minute after training began."),
    h("p", null, h("a", { class: "button primary", data: { testid: "to-start" },
      href: run === null ? addressOf("start") : addressOf("train", run) },
        run === null ? "Train something" : "Watch it train")));
}
