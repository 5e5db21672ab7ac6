// @ts-check
/** The second card of Start: the recipe that was chosen and why, and all others that learn such data. */

import { h } from "../core/dom.js";

/**
 * @typedef {object} Recipe
 * @property {string} name
 * @property {string} summary one line
 * @property {string} paper author, year and address
 * @property {string[]} presets
 */

/**
 * @typedef {object} Choice
 * @property {string} recipe
 * @property {string | null} preset
 */

/**
 * @param {Recipe[]} recipes that learn such data
 * @param {Choice} choice
 * @param {{name: string, why: string}} proposed
 * @param {(choice: Choice) => void} onChange
 * @returns {HTMLElement}
 */
export function recipeCard(recipes, choice, proposed, onChange) {
  const recipe = recipes.find((one) => one.name === choice.recipe);
  const others = h("details", { class: "others", data: { testid: "other-recipes" } },
    h("summary", null, "Another recipe"),
    h("div", { role: "radiogroup", "aria-label": "Recipe" },
      recipes.map((one) => option(one, choice, proposed, onChange))));
  return h("section", { class: "card step", "aria-labelledby": "step-recipe", data: { testid: "recipe-card" } },
    h("div", { class: "heading" }, h("h2", { id: "step-recipe" }, "Recipe")),
    h("h3", { class: "choice", data: { testid: "recipe-name" } }, choice.recipe),
    h("p", { data: { testid: "recipe-why" } }, choice.recipe === proposed.name
      ? `${proposed.why[0].toUpperCase()}${proposed.why.slice(1)}.`
      : `Your choice; for these data ${proposed.name} is proposed.`),
    recipe && h("p", { class: "soft small" }, recipe.summary),
    recipe && paper(recipe.paper),
    recipe && recipe.presets.length > 0 && presets(recipe, choice, onChange),
    recipes.length > 1 && others);
}

/**
 * @param {Recipe} recipe
 * @param {Choice} choice
 * @param {{name: string}} proposed
 * @param {(choice: Choice) => void} onChange
 */
function option(recipe, choice, proposed, onChange) {
  const id = `recipe-${recipe.name}`;
  return h("div", { class: "option" },
    h("input", { type: "radio", name: "recipe", id, value: recipe.name, checked: recipe.name === choice.recipe,
      data: { testid: id }, on: { change: () => onChange({ recipe: recipe.name, preset: null }) } }),
    h("label", { for: id }, recipe.name, recipe.name === proposed.name && h("span", { class: "chip" }, "proposed")),
    h("p", { class: "small" }, recipe.summary), paper(recipe.paper));
}

/**
 * @param {Recipe} recipe
 * @param {Choice} choice
 * @param {(choice: Choice) => void} onChange
 */
function presets(recipe, choice, onChange) {
  const select = h("select", { id: "preset", value: choice.preset ?? "", data: { testid: "preset" }, on: { change: () =>
    onChange({ recipe: recipe.name, preset: select.value || null }) } },
  h("option", { value: "" }, "chosen for the data"), recipe.presets.map((name) => h("option", { value: name }, name)));
  return h("div", { class: "field" }, h("label", { for: "preset" }, "Preset"), select);
}

/**
 * A publication, with its address as a link.
 * @param {string} text
 * @returns {HTMLElement}
 */
function paper(text) {
  const parts = text.split(/(https?:\/\/[^\s,;)]+)/);
  return h("p", { class: "soft small" }, parts.map((part, index) => index % 2 === 0 ? part
    : h("a", { href: part, target: "_blank", rel: "noopener noreferrer" }, part.replace(/^https?:\/\/(www\.)?/, ""))));
}
