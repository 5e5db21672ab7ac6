// @ts-check
/** The page for models of points: many generated ones over real ones. */

import { addressOf, rememberQuery } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { onKey } from "../core/keys.js";
import { number } from "../core/words.js";
import { line, literal, makeCommands } from "./commands.js";
import { makeHistory } from "./history.js";
import { iconButton, seedField } from "./kit.js";
import { Latest } from "./latest.js";
import { makeScatter } from "./scatter.js";
import { Scene } from "./scene.js";
import { numbered, randomSeed, readSeed } from "./state.js";
import { makeTold } from "./told.js";

/** @typedef {import("./kit.js").Base} Base */
/** @typedef {import("./scatter.js").Points} Points */
/** @typedef {{condition: string | null, seed: number, count: number}} State seed: of the first */

const COUNTS = [100, 250, 500, 1000, 2000, 5000];

/**
 * @param {HTMLElement} root
 * @param {Base} base
 * @param {URLSearchParams} query
 * @returns {(() => void)[]} what takes the keys back
 */
export function openPoints(root, base, query) {
  const { model, client, left, say, fail, well } = base;
  const scene = new Scene(stateOf(query, model));
  const history = makeHistory(scene, say);
  const scatter = makeScatter();
  const told = makeTold(base, (condition) => scene.set({ condition }));
  const count = h("input", { type: "range", id: "count", min: "0", max: String(COUNTS.length - 1), step: "1",
    data: { testid: "count" }, on: {
      input: () => scene.set({ count: COUNTS[Number(count.value)] }, false),
      change: () => scene.set({ count: COUNTS[Number(count.value)] }),
    } });
  const counts = h("output", { for: "count" });
  const field = seedField({ label: "Sample", testid: "seed", named: false,
    onSeed: (seed) => scene.set({ seed: Number(seed) }) });
  const random = () => scene.set({ seed: randomSeed() });
  const step = (/** @type {number} */ by) => scene.set({ seed: numbered(scene.state.seed + by) });
  const commands = makeCommands();
  const latest = new Latest((/** @type {State} */ state, signal) => client.ask("points", { ...state,
    view: client.view("points"), place: { latent: { seed: state.seed }, ...(state.condition === null ? {}
      : { condition: state.condition }) } }, signal), (/** @type {Points} */ found, state) => {
    scatter.draw(found, state.seed);
    well();
  }, fail);
  left.addEventListener("abort", () => {
    latest.stop();
    scatter.stop();
  });

  const seeds = h("div", { class: "row" }, field.element,
    iconButton("left", "The sample before", "seed-back", () => step(-1)),
    iconButton("right", "The next sample", "seed-next", () => step(1)),
    h("button", { title: "Other samples (r)", data: { testid: "random" }, on: { click: random } }, icon("dice"),
      "Random"));
  const which = h("section", { class: "card stack", "aria-label": "Which points" },
    h("div", { class: "row spread" }, seeds, history.element),
    h("p", { class: "soft small" }, "The numbered sample is ringed; the others follow it."),
    h("div", { class: "stack close-stack" },
      h("div", { class: "row spread" }, h("label", { for: "count" }, "Points"), counts), count),
    told && h("div", { class: "stack close-stack" },
      h("h3", null, model.told?.kind === "class" ? "Class" : "What they are"), told.element));
  fill(root, h("div", { class: "explore" }, h("div", { class: "explore-stage stack" }, scatter.element),
    h("div", { class: "stack" }, which, scatter.numbers, commands.element)));

  const show = (/** @type {State} */ state, /** @type {boolean} */ settled) => {
    told?.show(state.condition);
    counts.textContent = number(state.count);
    count.value = String(COUNTS.indexOf(state.count));
    count.setAttribute("aria-valuetext", `${number(state.count)} points`);
    field.show(state.seed);
    history.show();
    latest.ask(state);
    if (settled) {
      const address = queryOf(state);
      rememberQuery(address);
      commands.show(...copiesOf(state, model), addressOf("explore", model.id, address));
    }
  };
  scene.watch(show);
  show(scene.state, true);
  return [onKey("r", "show other samples", random), onKey("ArrowLeft", "the sample before", () => step(-1)),
    onKey("ArrowRight", "the next sample", () => step(1)), ...history.keys()];
}

/**
 * @param {URLSearchParams} query
 * @param {import("./state.js").Model} model
 * @returns {State}
 */
function stateOf(query, model) {
  const seed = readSeed(query.get("s") ?? "");
  const count = Number(query.get("n") ?? 1000);
  return {
    condition: model.told ? query.get("told") : null,
    seed: typeof seed === "number" ? seed : 0,
    count: COUNTS.includes(count) ? count : 1000,
  };
}

/**
 * @param {State} state
 * @returns {URLSearchParams}
 */
function queryOf({ condition, seed, count }) {
  const query = new URLSearchParams({ s: String(seed), n: String(count) });
  if (condition !== null) {
    query.set("told", condition);
  }
  return query;
}

/**
 * @param {State} state
 * @param {import("./state.js").Model} model
 * @returns {[string, string]} as a command, and in Python
 */
function copiesOf({ condition, seed, count }, { path, told }) {
  const asked = condition === null || told === null ? [] : [told.flag, condition];
  const command = line("zerosum sample", path, "--seeds", `${seed}-${seed + count - 1}`, ...asked, "--format", "npz");
  const also = condition === null ? "" : `, condition=${literal(condition)}`;
  return [command, ["import zerosum", "", `model = zerosum.load(${literal(path)})`,
    `points = model.sample(${count}, seed=${seed}${also})  # float32 (${count}, coordinates)`].join("\n")];
}
