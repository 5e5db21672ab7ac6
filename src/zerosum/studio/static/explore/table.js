// @ts-check
/** The page for models of tables: rows as asked, and every column beside the real one. */

import { addressOf, rememberQuery } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { onKey } from "../core/keys.js";
import { counted, number, percent } from "../core/words.js";
import { makeColumns } from "./columns.js";
import { line, literal, makeCommands } from "./commands.js";
import { makeCondition } from "./condition.js";
import { makeHistory } from "./history.js";
import { iconButton, seedField } from "./kit.js";
import { Latest } from "./latest.js";
import { Scene } from "./scene.js";
import { numbered, randomSeed, readSeed } from "./state.js";

/** @typedef {import("./kit.js").Base} Base */
/** @typedef {{condition: string | null, seed: number, count: number}} State seed: number of the first row */
/** @typedef {{columns: string[], rows: string[][], tries: number}} Rows */

const COUNTS = [25, 50, 100, 500];
const WRITTEN = 1000; // rows of a file, unless a person says otherwise
const COMPARED = 2000; // generated rows that columns are drawn of

/**
 * @param {HTMLElement} root
 * @param {Base} base
 * @param {URLSearchParams} query
 * @returns {(() => void)[]} what takes the keys back
 */
export function openTable(root, base, query) {
  const { model, client, left, say } = base;
  const scene = new Scene(stateOf(query));
  const history = makeHistory(scene, say);
  const condition = makeCondition(model, (wanted) => scene.set({ condition: wanted, seed: 0 }));
  const rows = makeRows(base, scene);
  const columns = makeColumns();
  const commands = makeCommands();
  const wrong = (/** @type {Error} */ error) => {
    condition.wrong(error.message);
    rows.wrong();
  };
  const newestRows = new Latest((/** @type {State} */ { condition: asked, seed, count }, signal) => client.ask("rows",
    { view: client.view("rows"), condition: asked, seed, count }, signal), (/** @type {Rows} */ found, asked) => {
    condition.wrong(null);
    rows.draw(found, asked);
    say(`${counted(found.rows.length, "row")} as asked`);
  }, wrong);
  const newestColumns = new Latest((/** @type {string | null} */ asked, signal) => client.ask("columns",
    { condition: asked, count: COMPARED }, signal), columns.show, () => undefined); // the rows have said what is wrong
  left.addEventListener("abort", () => [newestRows, newestColumns].forEach((latest) => latest.stop()));

  fill(root, h("section", { class: "card", "aria-label": "Conditions" }, h("div", { class: "row spread heading" },
    h("h2", null, "What rows are to be"), history.element), condition.element), rows.element, columns.element,
      commands.element);
  /** @type {string | null | undefined} */
  let compared;
  const show = (/** @type {State} */ state) => {
    condition.show(state.condition);
    rows.show(state);
    history.show();
    newestRows.ask(state);
    if (state.condition !== compared) {
      compared = state.condition;
      newestColumns.ask(state.condition);
    }
    const address = queryOf(state);
    rememberQuery(address);
    commands.show(...copiesOf(state, model), addressOf("explore", model.id, address));
  };
  scene.watch(show);
  show(scene.state);
  return [onKey("r", "show other rows", () => scene.set({ seed: randomSeed() })), ...history.keys()];
}

/**
 * @param {Base} base
 * @param {Scene<State>} scene
 */
function makeRows({ model, client, say, fail, well }, scene) {
  const table = h("table", { class: "small rows" });
  const words = h("span", { class: "soft small" });
  const first = seedField({ label: "From number", testid: "first-row", named: false,
    onSeed: (seed) => scene.set({ seed: Number(seed) }) });
  const count = h("select", { "aria-label": "Rows", data: { testid: "row-count" },
    on: { change: () => scene.set({ count: Number(count.value) }) } },
  COUNTS.map((value) => h("option", { value: String(value) }, `${value} rows`)));
  const written = h("input", { type: "number", class: "seed", min: "1", max: "100000", value: String(WRITTEN),
    "aria-label": "Rows of the file", data: { testid: "file-rows" } });
  const turn = (/** @type {number} */ by) => scene.set({
    seed: numbered(scene.state.seed + by * scene.state.count) });
  const save = async (/** @type {string} */ format, /** @type {HTMLButtonElement} */ button) => {
    button.disabled = true;
    const { condition, seed } = scene.state;
    try {
      say(`${await client.save("rows/file", { condition, seed, count: Number(written.value), format })} is saved.`);
      well();
    } catch (error) {
      fail(/** @type {Error} */ (error));
    }
    button.disabled = false;
  };
  const files = ["csv", "parquet"].map((format) => {
    const button = h("button", { data: { testid: `save-${format}` }, on: { click: () => save(format, button) } },
      icon("download"), format === "csv" ? "CSV" : "Parquet");
    return button;
  });
  const wide = h("div", { class: "wide grid", tabindex: "0", role: "region", "aria-label": "Generated rows" }, table);
  const numbers = h("div", { class: "row" }, first.element,
    iconButton("left", "Rows before", "rows-back", () => turn(-1)),
    iconButton("right", "Rows behind", "rows-next", () => turn(1)),
    h("button", { title: "Other rows (r)", data: { testid: "random" },
      on: { click: () => scene.set({ seed: randomSeed() }) } }, icon("dice"), "Random"), count);
  const element = h("section", { class: "card stack", "aria-labelledby": "rows-title", data: { testid: "rows" } },
    h("div", { class: "row spread" }, h("div", { class: "row" }, h("h2", { id: "rows-title" }, "Rows"), words),
      numbers),
    wide, h("div", { class: "row" }, h("span", null, "Save"), written, h("span", null, "rows as"), files));
  const isNumber = new Set((model.columns ?? []).filter((column) => column.number).map((column) => column.name));
  return {
    element,
    show: (/** @type {State} */ state) => {
      first.show(state.seed);
      count.value = String(state.count);
    },
    wrong: () => wide.classList.add("outdated"),
    draw: (/** @type {Rows} */ { columns, rows, tries }, /** @type {State} */ { condition, seed }) => {
      wide.classList.remove("outdated");
      const out = tries - rows.length;
      words.textContent = out > 0
        ? `${percent(out / tries)} of ${number(tries)} made were left out: not as asked, or against a rule` : "";
      const align = columns.map((name) => isNumber.has(name) && "number");
      fill(table, h("thead", null, h("tr", null, h("th", { scope: "col", class: "number" }, "No."),
        columns.map((name, at) => h("th", { scope: "col", class: align[at] || undefined }, name)))),
      h("tbody", null, rows.map((row, index) => h("tr", null,
        h("th", { scope: "row", class: "number" }, String(seed + index)),
        row.map((entry, at) => h("td", { class: align[at] || undefined }, entry))))));
      table.dataset.condition = condition ?? "";
      table.dataset.first = String(seed);
    },
  };
}

/**
 * @param {URLSearchParams} query
 * @returns {State}
 */
function stateOf(query) {
  const seed = readSeed(query.get("s") ?? "");
  const count = Number(query.get("n") ?? 50);
  return { condition: query.get("where"), seed: typeof seed === "number" ? seed : 0,
    count: COUNTS.includes(count) ? count : 50 };
}

/**
 * @param {State} state
 * @returns {URLSearchParams}
 */
function queryOf({ condition, seed, count }) {
  const query = new URLSearchParams({ s: String(seed), n: String(count) });
  if (condition !== null) {
    query.set("where", condition);
  }
  return query;
}

/**
 * @param {State} state
 * @param {import("./state.js").Model} model
 * @returns {[string, string]} as a command, and in Python
 */
function copiesOf({ condition, seed, count }, { path, told }) {
  const where = condition === null ? [] : [told?.flag ?? "--where", condition];
  const command = line("zerosum sample", path, "--seeds", `${seed}-${seed + count - 1}`, ...where, "--out", "rows.csv");
  const asked = condition === null ? "" : `, condition=${literal(condition)}`;
  return [command, ["import zerosum", "", `model = zerosum.load(${literal(path)})`,
    `rows = model.sample(${count}, seed=${seed}${asked})  # a frame of pandas`].join("\n")];
}
