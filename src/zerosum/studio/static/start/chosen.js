// @ts-check
/** What was chosen on Start: data, a recipe and settings, as an address holds it and as the server is asked. */

import { merged } from "./plan.js";

/** @typedef {import("../parts/form.js").Changes} Changes */
/** @typedef {{place: string} | {run: string}} Source */

export class Chosen {
  constructor() {
    /** @type {Source | null} */
    this.source = null;
    /** @type {import("./recipe.js").Choice} */
    this.recipe = { recipe: "auto", preset: null };
    /** @type {Changes} from the usual values: {run, settings, options} */
    this.changes = {};
  }

  /**
   * @param {URLSearchParams} query of an address
   * @returns {Chosen}
   * @throws {Error} its settings are no JSON
   */
  static of(query) {
    const chosen = new Chosen();
    const [place, run] = [query.get("place"), query.get("clone")];
    chosen.source = run !== null ? { run } : place !== null ? { place } : null;
    chosen.recipe = { recipe: query.get("recipe") ?? "auto", preset: query.get("preset") };
    try {
      chosen.changes = JSON.parse(query.get("changes") ?? "{}");
    } catch {
      throw new Error("The settings in this address are damaged. Open Start without them, and choose the data again.");
    }
    return chosen;
  }

  /** @returns {{[name: string]: string}} the query of an address that brings it back */
  query() {
    const { recipe, preset } = this.recipe;
    const changed = Object.values(this.changes).some((group) => Object.keys(group).length);
    return { ...this.source && ("run" in this.source ? { clone: this.source.run } : this.source), recipe,
      ...preset && { preset }, ...changed && { changes: JSON.stringify(this.changes) } };
  }

  /**
   * @param {string} data their id
   * @returns {object} what the server is asked to train
   */
  plan(data) {
    return { data, ...this.recipe, settings: {}, run: {}, options: {}, ...this.changes };
  }

  /** @param {Changes} changes as the forms have them; they have no field for the kinds of columns */
  change(changes) {
    const { column = [] } = this.changes.options ?? {};
    this.changes = column.length ? merged(changes, { options: { column } }) : changes;
  }

  /** @param {Changes} options other ways to read the data */
  readBy(options) {
    this.changes = merged(this.changes, { options });
  }

  /** @returns {{[name: string]: string}} kinds of columns that were chosen */
  columnKinds() {
    const said = this.changes.options?.column ?? [];
    return Object.fromEntries(said.map((/** @type {string} */ text) => {
      const cut = text.lastIndexOf("=");
      return [text.slice(0, cut), text.slice(cut + 1)];
    }));
  }

  /** @param {{[name: string]: string}} kinds by column */
  tellColumnKinds(kinds) {
    this.readBy({ column: Object.entries(kinds).map(([name, kind]) => `${name}=${kind}`) });
  }
}
