// @ts-check
/** The first card of Start: the data that were chosen, what they are, and what is odd about them. */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { counted, number, percent } from "../core/words.js";
import { LEVEL_WORDS } from "../parts/findings.js";

/** @typedef {import("../parts/form.js").Form} Form */

/**
 * @typedef {object} DataFinding
 * @property {string} failure
 * @property {"note" | "warn" | "alarm"} level
 * @property {string} what
 * @property {string} evidence
 * @property {string[]} try_this
 */

/**
 * What the server says of data.
 * @typedef {object} Data
 * @property {string} data id
 * @property {string} name
 * @property {string} source as in a command
 * @property {"image" | "points" | "table"} kind
 * @property {number} count
 * @property {number[]} shape of a stored sample: height, width and channels of a picture
 * @property {{name: string, share: number}[] | null} classes
 * @property {string[]} notes
 * @property {DataFinding[]} findings the worst first
 * @property {import("./columns.js").Column[] | null} columns of a table
 * @property {string[]} [kinds] that a column can have
 * @property {number} thumbs how many samples the small picture shows; none where there is no picture
 * @property {{name: string, why: string}} recipe
 * @property {number} minutes how long such data are trained on, usually
 */

/**
 * @param {Data} data
 * @param {Form} form how it is read
 * @param {() => void} onOther
 * @returns {HTMLElement}
 */
export function dataCard(data, form, onOther) {
  return h("section", { class: "card step", "aria-labelledby": "step-data", data: { testid: "data-card" } },
    h("div", { class: "heading spread" }, h("h2", { id: "step-data" }, "Data"),
      h("button", { class: "quiet", data: { testid: "other-data" }, on: { click: onOther } }, icon("undo"),
        "Other data")),
    h("h3", { class: "choice", data: { testid: "data-name" } }, data.name),
    facts(data),
    data.thumbs > 0 && thumbs(data),
    checks(data),
    data.notes.length > 0 && h("ul", { class: "notes small soft" }, data.notes.map((note) => h("li", null, note))),
    form.element.hasChildNodes() && reading(form));
}

/**
 * How the data are read, folded away where nothing of it was changed.
 * @param {Form} form
 */
function reading(form) {
  return h("details", { class: "read-as", open: form.count() > 0 },
    h("summary", { data: { testid: "reading" } }, "How the data are read"), form.element);
}

/**
 * A picture of the data; it opens in its own size.
 * @param {Data} data
 */
function thumbs({ data, name, kind, thumbs: count }) {
  const src = `/api/data/${encodeURIComponent(data)}/thumbs.jpg`;
  const alt = kind === "image" ? `${counted(count, "sample")} of ${name}` : `What ${name} looks like`;
  return h("a", { href: src, target: "_blank", data: { testid: "thumbs-open" } },
    h("img", { class: kind === "image" ? "thumbs pixels" : "thumbs drawing", src, alt, data: { testid: "thumbs" } }));
}

/** @param {Data} data */
function facts(data) {
  const { classes } = data;
  return h("dl", { class: "facts", data: { testid: "data-facts" } },
    fact(data.kind === "table" ? "Rows" : "Samples", number(data.count)),
    fact(data.kind === "table" ? "Columns" : "Each", sizeOf(data)),
    classes !== null && classes.length > 0 && fact("Classes", number(classes.length),
      classes.slice(0, 40).map(({ name, share }) => `${name} ${percent(share)}`).join(", ")));
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} [more] shown to who points at it
 */
function fact(name, value, more) {
  return h("div", { title: more }, h("dt", null, name), h("dd", null, value));
}

/**
 * @param {Data} data
 * @returns {string}
 */
function sizeOf({ kind, shape, columns }) {
  if (kind === "image") {
    const [height, width, channels] = shape;
    const colours = channels === 1 ? "grey" : channels === 3 ? "colour" : "colour and transparency";
    return `${width} \u00d7 ${height}, ${colours}`;
  }
  return kind === "table" ? number(columns?.length ?? 0) : counted(shape[0], "coordinate");
}

/**
 * What the data checks say; that they found nothing is said too.
 * @param {Data} data
 * @returns {HTMLElement}
 */
function checks({ findings }) {
  if (!findings.length) {
    return h("p", { class: "small row good-line", data: { testid: "data-checks" } },
      h("span", { class: "pill good" }, "checked"), "Nothing odd was found in these samples.");
  }
  return h("ul", { class: "checks", data: { testid: "data-checks" } }, findings.map(check));
}

/** @param {DataFinding} finding */
function check({ level, what, evidence, try_this: advice }) {
  return h("li", null, h("details", null,
    h("summary", null, h("span", { class: `pill ${level}` }, LEVEL_WORDS[level]), " ", what),
    h("p", { class: "small" }, evidence),
    advice.length > 0 && h("ul", { class: "small" }, advice.map((step) => h("li", null, step)))));
}

/**
 * @param {HTMLElement} place
 * @param {string} sentence
 * @param {() => void} [skipBad] what can be done about files that cannot be read
 */
export function problem(place, sentence, skipBad) {
  fill(place, h("section", { class: "problem", role: "alert", data: { testid: "problem" } }, h("p", null, sentence),
    skipBad && h("button", { data: { testid: "skip-bad" }, on: { click: skipBad } }, "Leave out what cannot be read")));
}
