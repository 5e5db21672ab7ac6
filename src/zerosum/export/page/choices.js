// @ts-check
import { h } from "../../studio/static/core/dom.js";
/** @import { Page } from "./main.js" */
/** @import { State, Wish } from "./types.js" */

const MOST_CHIPS = 24;

/**
 * What samples are to be: a class, or attributes.
 * @param {Page} page
 * @returns {HTMLElement | null} Nothing for a model that is told nothing.
 */
export function choices(page) {
  const known = page.model.known;
  if (known === null) {
    return null;
  }
  if (known.kind === "attributes") {
    return attributes(page, known.names);
  }
  return known.names.length <= MOST_CHIPS ? chips(page, known.names) : list(page, known.names);
}

/**
 * One chip a class.
 * @param {Page} page
 * @param {string[]} names
 */
function chips({ store }, names) {
  const values = ["", ...names.keys()].map(String);
  const inputs = values.map((value) =>
    h("input", {
      type: "radio",
      name: "class",
      value,
      data: { testid: `class-${value || "any"}` },
      on: { change: () => choose(store, value) },
    }),
  );
  const show = (/** @type {State} */ { wish }) => {
    for (const input of inputs) {
      input.checked = input.value === (wish === null ? "" : String(wish));
    }
  };
  store.watch(show);
  show(store.state);
  return h(
    "fieldset",
    { class: "chips" },
    h("legend", null, "Class"),
    inputs.map((input, i) =>
      h("label", { class: "choice" }, input, h("span", null, i === 0 ? "as drawn" : names[i - 1])),
    ),
  );
}

/**
 * A list of classes, where there are many.
 * @param {Page} page
 * @param {string[]} names
 */
function list({ store }, names) {
  const field = h(
    "select",
    { id: "class", data: { testid: "class" }, on: { change: () => choose(store, field.value) } },
    h("option", { value: "" }, "as drawn"),
    names.map((name, index) => h("option", { value: index }, name)),
  );
  const show = (/** @type {State} */ { wish }) => {
    field.value = wish === null ? "" : String(wish);
  };
  store.watch(show);
  show(store.state);
  return h("section", null, h("label", { for: "class" }, "Class"), field);
}

/**
 * @param {Page["store"]} store
 * @param {string} value
 */
function choose(store, value) {
  store.change({ wish: value === "" ? null : Number(value) });
}

/**
 * One list a property: of its values, or of yes and no.
 * @param {Page} page
 * @param {string[]} names
 */
function attributes({ store }, names) {
  /** @type {Map<string, number[]>} */
  const properties = new Map();
  for (const [index, name] of names.entries()) {
    const property = name.split("=")[0];
    properties.set(property, [...(properties.get(property) ?? []), index]);
  }
  const fields = [...properties].map(([property, indices]) => {
    const several = names[indices[0]].includes("=");
    const options = several
      ? indices.map((index) => h("option", { value: `${index}:1` }, names[index].slice(property.length + 1)))
      : [h("option", { value: `${indices[0]}:1` }, "yes"), h("option", { value: `${indices[0]}:0` }, "no")];
    return h(
      "select",
      { data: { testid: `attribute-${property}` }, on: { change: wish } },
      h("option", { value: "" }, "as drawn"),
      options,
    );
  });

  function wish() {
    const wishes = fields.filter(({ value }) => value !== "").map(({ value }) => value.split(":").map(Number));
    store.change({ wish: wishes.length === 0 ? null : Object.fromEntries(wishes) });
  }

  const show = (/** @type {State} */ state) => {
    const wished = Object.entries(typeof state.wish === "object" ? (state.wish ?? {}) : {}).map((pair) =>
      pair.join(":"),
    );
    for (const field of fields) {
      field.value = [...field.options].map(({ value }) => value).find((value) => wished.includes(value)) ?? "";
    }
  };
  store.watch(show);
  show(store.state);
  const labels = [...properties.keys()].map((property, i) =>
    h("label", { class: "attribute" }, h("span", null, property), fields[i]),
  );
  return h("fieldset", { class: "attributes" }, h("legend", null, "What it has"), labels);
}
