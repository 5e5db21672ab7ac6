// @ts-check
/** What samples are told to be: a class, attributes, or words. */

import { fill, h } from "../core/dom.js";

const MOST_CHIPS = 40; // classes that have a button each; of more, one is chosen from a list

/**
 * @param {import("./kit.js").Base} kit
 * @param {(condition: string | null) => void} onTold
 * @returns {{element: HTMLElement, show: (condition: string | null) => void} | null} null where nothing is told
 */
export function makeTold({ model }, onTold) {
  if (!model.told || model.told.kind === "where") {
    return null;
  }
  const { kind, names, examples } = model.told;
  if (kind === "class") {
    return names.length > MOST_CHIPS ? classList(names, onTold) : classChips(names, onTold);
  }
  return kind === "attributes" ? attributeFields(names, onTold) : promptField(examples, onTold);
}

/**
 * @param {string[]} names
 * @param {(condition: string | null) => void} onTold
 */
function classChips(names, onTold) {
  const options = [null, ...names];
  const chips = options.map((name) => h("button", { class: "pick", data: { testid: `class-${name ?? "own"}` },
    on: { click: () => onTold(name) } }, name ?? "Its own"));
  return {
    element: h("div", { class: "picks", role: "group", "aria-label": "Class" }, chips),
    show: (/** @type {string | null} */ condition) => chips.forEach((chip, index) => {
      chip.setAttribute("aria-pressed", String(options[index] === condition));
    }),
  };
}

/**
 * @param {string[]} names
 * @param {(condition: string | null) => void} onTold
 */
function classList(names, onTold) {
  const select = h("select", { "aria-label": "Class", data: { testid: "class" },
    on: { change: () => onTold(select.value || null) } }, h("option", { value: "" }, "Its own class"),
  names.map((name) => h("option", { value: name }, name)));
  return { element: select, show: (/** @type {string | null} */ condition) => {
    select.value = condition ?? "";
  } };
}

/**
 * A choice for each property: any, one of its values, or there or not.
 * @param {string[]} names as in "glasses" and "hair=red"
 * @param {(condition: string | null) => void} onTold
 */
function attributeFields(names, onTold) {
  /** @type {Map<string, string[]>} */
  const properties = new Map();
  for (const name of names) {
    const [property, value] = name.split("=", 2);
    properties.set(property, [...(properties.get(property) ?? []), ...(value === undefined ? [] : [value])]);
  }
  const fields = [...properties].map(([property, values]) => {
    const choices = values.length ? values.map((value) => [`${property}=${value}`, value])
      : [[property, "yes"], [`${property}=no`, "no"]];
    const select = h("select", { data: { testid: `attribute-${property}` }, on: { change: () => onTold(
      fields.map((field) => field.select.value).filter(Boolean).join(", ") || null) } },
        h("option", { value: "" }, "any"),
    choices.map(([asked, words]) => h("option", { value: asked }, words)));
    return { select, element: h("label", { class: "field inline" }, property, select) };
  });
  return {
    element: h("div", { class: "row" }, fields.map((field) => field.element)),
    show: (/** @type {string | null} */ condition) => {
      const asked = new Set((condition ?? "").split(",").map((part) => part.trim()));
      for (const { select } of fields) {
        const values = [...select.options].map((option) => option.value);
        select.value = values.find((value) => value && asked.has(value)) ?? "";
      }
    },
  };
}

/**
 * @param {string[]} examples
 * @param {(condition: string | null) => void} onTold
 */
function promptField(examples, onTold) {
  const tell = () => onTold(input.value.trim() || null);
  const input = h("input", { class: "prompt", list: "prompts", placeholder: examples[0] ?? "in words",
    "aria-label": "In words",
    data: { testid: "prompt" }, on: { change: tell } });
  const chips = h("div", { class: "picks" }, examples.slice(0, 6).map((text) => h("button", { class: "pick",
    on: { click: () => onTold(text) } }, text)));
  const none = h("button", { class: "quiet", data: { testid: "prompt-none" }, on: { click: () => onTold(null) } },
    "Its own");
  const list = h("datalist", { id: "prompts" });
  fill(list, examples.map((text) => h("option", { value: text })));
  return {
    element: h("div", { class: "stack close-stack" }, h("div", { class: "row" }, input, none), chips, list),
    show: (/** @type {string | null} */ condition) => {
      if (document.activeElement !== input) {
        input.value = condition ?? "";
      }
    },
  };
}
