// @ts-check
/** Start: data, a recipe, and training, in one row; every choice is made for one already and can be changed. */

import { get, post, Refusal } from "../core/api.js";
import { addressOf, rememberQuery } from "../core/address.js";
import { add, announce, fill, h } from "../core/dom.js";
import { refreshRuns } from "../core/runs.js";
import { makeChoice, makeWaiting, refusals } from "../start/choose.js";
import { Chosen } from "../start/chosen.js";
import { columnsCard } from "../start/columns.js";
import { dataCard, problem } from "../start/data.js";
import { acceptDrops } from "../start/drop.js";
import { fieldsFor, makeSettings } from "../start/plan.js";
import { recipeCard } from "../start/recipe.js";
import { trainCard } from "../start/train.js";
import { upload } from "../start/upload.js";

/** @typedef {import("../core/address.js").Address} Address */
/** @typedef {import("../start/data.js").Data} Data */
/** @typedef {import("../start/chosen.js").Source} Source */

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
    this.chosen = new Chosen();
    /** @type {Data | null} */
    this.data = null;
    this.readAs = ""; // the data's id as the recipe reads them
    /** @type {import("../start/recipe.js").Recipe[]} */
    this.recipes = [];
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
    this.chosen = Chosen.of(query);
    const { source } = this.chosen;
    if (source === null) {
      await this.ask();
    } else if ("run" in source && !query.has("recipe")) {
      await this.clone(source.run);
    } else {
      await this.read(source, "run" in source ? source.run : "the data");
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
    this.chosen = new Chosen();
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
    this.chosen.recipe = { recipe: config.recipe, preset: null };
    this.chosen.changes = { settings, run: config.run }; // of which the forms keep what is not usual
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
      const options = this.chosen.changes.options ?? {};
      /** @type {Data} */
      const data = await post("/api/data", { ...source, recipe: "auto", options }); // its answer holds the proposal
      if (signal.aborted) {
        return;
      }
      this.data = data;
      this.chosen.source = source;
      if (this.chosen.recipe.recipe === "auto") {
        this.chosen.recipe.recipe = data.recipe.name;
      }
      this.recipes = await get(`/api/recipes?kind=${data.kind}`);
      announce(`${data.name} is read.`);
      await this.show(signal);
    } catch (error) {
      await this.giveUp(error, signal, () => {
        fill(this.notices);
        this.chosen.readBy({ skip_bad: true });
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
    const { fields, data: read } = await fieldsFor(data, this.chosen.recipe);
    if (signal.aborted) {
      return;
    }
    this.readAs = read;
    const settings = makeSettings(fields, { onOptions: () => this.change(true), onSettings: () => this.change(false) });
    settings.show(this.chosen.changes);
    this.chosen.change(settings.changes());
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
      recipeCard(this.recipes, this.chosen.recipe, data.recipe, (choice) => this.choose(choice)), train.element),
    data.columns && columnsCard(data.columns, data.kinds ?? [], this.chosen.columnKinds(), (kinds) => {
      this.chosen.tellColumnKinds(kinds);
      this.readAgain();
    }),
    settings.others);
    const again = focused && this.body.querySelector(`[data-testid="${CSS.escape(focused)}"]`);
    if (again instanceof HTMLElement) {
      again.focus();
    } else if (document.activeElement === document.body) {
      this.title.focus({ preventScroll: true }); // what was pressed is gone, and the next Tab is to be here
    }
    rememberQuery(this.chosen.query());
    this.tryOut();
  }

  /** @param {import("../start/recipe.js").Choice} choice another recipe, or another preset of the same */
  async choose(choice) {
    this.chosen.recipe = choice;
    delete this.chosen.changes.settings; // they were another recipe's
    const signal = this.turn();
    try {
      await this.show(signal);
    } catch (error) {
      await this.giveUp(error, signal);
    }
  }

  /** @param {boolean} reads whether how the data are read was changed */
  change(reads) {
    this.chosen.change(this.settings?.changes() ?? {});
    rememberQuery(this.chosen.query());
    if (reads) {
      this.readAgain();
    } else {
      this.tryOut();
    }
  }

  readAgain() {
    if (this.chosen.source !== null) {
      this.read(this.chosen.source, this.data?.name ?? "the data");
    }
  }

  /** Asks how long it would take, once nothing has been changed for a moment. */
  tryOut() {
    const signal = this.turn();
    this.settings?.accept();
    this.train?.show(null);
    this.trial = setTimeout(async () => {
      try {
        const estimate = await post("/api/plan", this.chosen.plan(this.readAs));
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
    this.train?.show(null, this.settings?.refuse(sentence) ?? sentence);
  }

  /** Begins the run, and goes to where it can be watched. */
  async start() {
    const signal = this.turn();
    try {
      const { id } = await post("/api/runs", this.chosen.plan(this.readAs));
      await refreshRuns();
      location.hash = addressOf("train", id);
    } catch (error) {
      await this.giveUp(error, signal);
      this.settings?.focus();
    }
  }
}
