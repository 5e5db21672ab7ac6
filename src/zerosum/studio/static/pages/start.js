// @ts-check
/** Start: data, a recipe, and training, in one row; every choice is made for one already and can be changed. */

import { get, post, Refusal } from "../core/api.js";
import { addressOf, rememberQuery } from "../core/address.js";
import { add, announce, fill, h } from "../core/dom.js";
import { refreshRuns } from "../core/runs.js";
import { makeChoice, makeWaiting, refusals } from "../start/choose.js";
import { columnsCard } from "../start/columns.js";
import { dataCard, problem } from "../start/data.js";
import { acceptDrops } from "../start/drop.js";
import { fieldsFor, makeSettings, merged } from "../start/plan.js";
import { recipeCard } from "../start/recipe.js";
import { trainCard } from "../start/train.js";
import { upload } from "../start/upload.js";

/** @typedef {import("../core/address.js").Address} Address */
/** @typedef {import("../start/data.js").Data} Data */
/** @typedef {{place: string} | {run: string}} Source */

const QUESTION = "What should the generator learn to make?";
const WAIT = 500; // milliseconds after the last change before a plan is tried out

/**
 * @param {HTMLElement} root
 * @param {Address} address
 * @returns {Promise<() => void>}
 */
export async function open(root, address) {
  const page = new Start(root);
  const stopDrops = acceptDrops((given) => page.take(given));
  await page.begin(address.query);
  return () => {
    stopDrops();
    page.leave();
  };
}

class Start {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.notices = h("div", { class: "stack notices" });
    this.body = h("div", { class: "stack" });
    this.going = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.trial = undefined;
    /** @type {Source | null} */
    this.source = null;
    /** @type {Data | null} */
    this.data = null;
    this.readAs = ""; // the data's id as the recipe reads them
    /** @type {import("../start/recipe.js").Recipe[]} */
    this.recipes = [];
    /** @type {import("../start/recipe.js").Choice} */
    this.choice = { recipe: "auto", preset: null };
    /** @type {import("../parts/form.js").Changes} */
    this.changes = {};
    /** @type {import("../start/plan.js").Settings | null} */
    this.settings = null;
    /** @type {ReturnType<typeof trainCard> | null} */
    this.train = null;
    this.title = h("h1", { tabindex: -1 });
    fill(root, h("div", { class: "start stack" }, this.title, this.notices, this.body));
  }

  leave() {
    clearTimeout(this.trial);
    this.going.abort();
  }

  /** @returns {AbortSignal} of what is begun now; what was going on before is given up */
  turn() {
    this.leave();
    this.going = new AbortController();
    return this.going.signal;
  }

  /** @param {URLSearchParams} query what the address says: a place or a run to clone, a recipe, changed settings */
  async begin(query) {
    const [place, run, said] = [query.get("place"), query.get("clone"), query.get("changes")];
    this.choice = { recipe: query.get("recipe") ?? "auto", preset: query.get("preset") };
    this.changes = said === null ? {} : JSON.parse(said);
    if (run !== null && said !== null) {
      await this.read({ run }, run);
    } else if (run !== null) {
      await this.clone(run);
    } else if (place !== null) {
      await this.read({ place }, query.get("name") ?? "the data");
    } else {
      await this.ask();
    }
  }

  /** Shows the ways to give data. */
  async ask() {
    this.turn();
    this.data = null;
    fill(this.title, QUESTION);
    rememberQuery({});
    const choice = makeChoice({ onGiven: (given) => this.take(given), onPlace: (place) => {
      this.forget();
      this.read({ place: place.id }, place.name);
    } });
    fill(this.body, choice.element);
    await choice.refresh();
  }

  /** Forgets choices that were made for other data. */
  forget() {
    this.choice = { recipe: "auto", preset: null };
    this.changes = {};
    fill(this.notices);
  }

  /**
   * Sends files to the studio, and reads what arrives.
   * @param {import("../start/drop.js").Given[]} given
   */
  async take(given) {
    if (!given.length) {
      problem(this.notices, "There is no file in what you gave. Give a folder of pictures, a .zip of one, or a table.");
      return;
    }
    const signal = this.turn();
    this.forget();
    this.data = null;
    const waiting = makeWaiting(() => this.ask());
    fill(this.title, QUESTION);
    fill(this.body, waiting.element);
    try {
      const { place, refused } = await upload(given, waiting.sending, signal);
      if (!signal.aborted) {
        await (place === null ? this.ask() : this.read({ place }, given[0].path.split("/")[0]));
        add(this.notices, refusals(refused));
      }
    } catch (error) {
      await this.giveUp(error, signal);
    }
  }

  /**
   * Takes a run's data, recipe and settings as the beginning of another one.
   * @param {string} run
   */
  async clone(run) {
    const { config, settings } = await get(`/api/runs/${encodeURIComponent(run)}`);
    this.choice = { recipe: config.recipe, preset: null };
    this.changes = { settings, run: config.run }; // of which the forms keep what is not usual
    await this.read({ run }, run);
  }

  /**
   * Lets the server read data, and shows what it says of them.
   * @param {Source} source
   * @param {string} name
   */
  async read(source, name) {
    const signal = this.turn();
    const waiting = makeWaiting(() => this.ask());
    waiting.reading(name);
    if (this.data === null) {
      fill(this.title, QUESTION);
      fill(this.body, waiting.element);
    }
    this.body.setAttribute("aria-busy", "true");
    try {
      const options = this.changes.options ?? {};
      /** @type {Data} */
      const data = await post("/api/data", { ...source, recipe: "auto", options }); // its answer holds the proposal
      if (signal.aborted) {
        return;
      }
      this.source = source;
      this.data = data;
      this.choice = { ...this.choice, recipe: this.choice.recipe === "auto" ? data.recipe.name : this.choice.recipe };
      this.recipes = await get(`/api/recipes?kind=${data.kind}`);
      announce(`${data.name} is read.`);
      await this.show(signal);
    } catch (error) {
      await this.giveUp(error, signal, () => {
        fill(this.notices);
        this.changes = merged(this.changes, { options: { skip_bad: true } });
        this.read(source, name);
      });
    } finally {
      this.body.removeAttribute("aria-busy");
    }
  }

  /**
   * Says what was refused: at its setting where data are shown, else above the ways to give others.
   * @param {unknown} error
   * @param {AbortSignal} signal
   * @param {() => void} [skipBad] reads the data without the files that cannot be read
   */
  async giveUp(error, signal, skipBad) {
    if (signal.aborted) {
      return;
    }
    if (!(error instanceof Refusal)) {
      throw error;
    }
    if (this.data !== null && this.settings !== null) {
      this.refuse(error.message);
      return;
    }
    await this.ask();
    problem(this.notices, error.message, error.message.includes("--skip-bad") ? skipBad : undefined);
  }

  /**
   * Shows the row, with the forms of the recipe.
   * @param {AbortSignal} signal
   */
  async show(signal) {
    const data = /** @type {Data} */ (this.data);
    const { fields, data: read } = await fieldsFor(data, this.choice);
    if (signal.aborted) {
      return;
    }
    this.readAs = read;
    const settings = makeSettings(fields, { onOptions: () => this.change(true), onSettings: () => this.change(false) });
    settings.show(this.changes);
    this.changes = this.withKinds(settings.changes());
    const train = trainCard(settings.ofTraining, () => this.start());
    [this.settings, this.train] = [settings, train];
    const focused = document.activeElement?.getAttribute("data-testid");
    const open = this.body.querySelector("details.all-settings")?.hasAttribute("open") ?? false;
    settings.others.toggleAttribute("open", open);
    fill(this.title, `Ready to train on ${data.name}`);
    fill(this.body, h("div", { class: "steps" },
      dataCard(data, settings.ofData, () => {
        this.forget();
        this.ask();
      }),
      recipeCard(this.recipes, this.choice, data.recipe, (choice) => this.choose(choice)), train.element),
    data.columns && columnsCard(data.columns, data.kinds ?? [], this.columnKinds(), (kinds) => this.tellKinds(kinds)),
    settings.others);
    const again = focused && this.body.querySelector(`[data-testid="${CSS.escape(focused)}"]`);
    if (again instanceof HTMLElement) {
      again.focus();
    } else if (document.activeElement === document.body) {
      this.title.focus({ preventScroll: true }); // what was pressed is gone, and the next Tab is to be here
    }
    this.remember();
    this.tryOut();
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
  tellKinds(kinds) {
    const column = Object.entries(kinds).map(([name, kind]) => `${name}=${kind}`);
    this.changes = merged(this.changes, { options: { column } });
    this.readAgain();
  }

  /**
   * @param {import("../parts/form.js").Changes} changes
   * @returns {import("../parts/form.js").Changes} with the kinds of columns, which are no field of the forms
   */
  withKinds(changes) {
    const { column } = this.changes.options ?? {};
    return column?.length ? merged(changes, { options: { column } }) : changes;
  }

  /** @param {import("../start/recipe.js").Choice} choice another recipe, or another preset of the same */
  async choose(choice) {
    this.choice = choice;
    delete this.changes.settings; // they were another recipe's
    const signal = this.turn();
    try {
      await this.show(signal);
    } catch (error) {
      await this.giveUp(error, signal);
    }
  }

  /** @param {boolean} reads whether how the data are read was changed */
  change(reads) {
    this.changes = this.withKinds(this.settings?.changes() ?? {});
    this.remember();
    if (reads) {
      this.readAgain();
    } else {
      this.tryOut();
    }
  }

  readAgain() {
    if (this.source !== null) {
      this.read(this.source, this.data?.name ?? "the data");
    }
  }

  /** Keeps what was chosen in the address, so that loading the page again, or a link, brings it back. */
  remember() {
    if (this.source === null || this.data === null) {
      return;
    }
    const changed = Object.values(this.changes).some((group) => Object.keys(group).length);
    rememberQuery({ ..."run" in this.source ? { clone: this.source.run } : { place: this.source.place },
      recipe: this.choice.recipe, ...this.choice.preset && { preset: this.choice.preset },
      ...changed && { changes: JSON.stringify(this.changes) } });
  }

  /** @returns {object} what the server is asked to train */
  plan() {
    return { data: this.readAs, recipe: this.choice.recipe, preset: this.choice.preset,
      settings: {}, run: {}, options: {}, ...this.changes };
  }

  /** Asks how long it would take, once nothing has been changed for a moment. */
  tryOut() {
    const signal = this.turn();
    this.settings?.accept();
    this.train?.show(null);
    this.trial = setTimeout(async () => {
      try {
        const estimate = await post("/api/plan", this.plan());
        if (!signal.aborted) {
          this.train?.show(estimate);
        }
      } catch (error) {
        await this.giveUp(error, signal);
      }
    }, WAIT);
  }

  /** @param {string} sentence */
  refuse(sentence) {
    this.settings?.refuse(sentence);
    this.train?.show(null, sentence);
  }

  /** Begins the run, and goes to where it can be watched. */
  async start() {
    const signal = this.turn();
    try {
      const { id } = await post("/api/runs", this.plan());
      await refreshRuns();
      location.hash = addressOf("train", id);
    } catch (error) {
      await this.giveUp(error, signal);
      this.settings?.focus();
    }
  }
}
