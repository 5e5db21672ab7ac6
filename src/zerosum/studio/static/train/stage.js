// @ts-check
/**
 * The samples of fixed latents, big, at any moment of the run: with a scrubber, real samples beside, and two moments
 * compared.
 */

import { addressOf } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { number } from "../core/words.js";
import { makeScrubber } from "../parts/scrubber.js";
import { Pictures } from "./pictures.js";

/** @typedef {import("./record.js").Record} RunRecord */
/** @typedef {import("./record.js").Sheet} Sheet */
/** @typedef {"alone" | "reals" | "side" | "flip"} View */
/** @typedef {{columns: number, count: number, run: string}} Grid */

const AHEAD = 14; // sheets that are decoded before they are asked for, in the direction of the last move
const BEHIND = 6;

/** @type {{[view in View]: string}} */
const VIEWS = { alone: "Samples", reals: "Beside real", side: "A beside B", flip: "Flip A and B" };

/** One contact sheet on a canvas, with its caption. */
class Panel {
  /** @param {string} name class, and which of them it is */
  constructor(name) {
    this.canvas = h("canvas", { class: "sheet", role: "img", "aria-label": "No samples yet", width: 1, height: 1,
      data: { testid: `sheet-${name}` } });
    this.words = h("span", null);
    this.caption = h("figcaption", { class: "small" }, this.words);
    // Whoever points at a sample can go on to explore it; the page Explore takes numbers from the keyboard too.
    this.tile = h("a", { class: "tile", tabindex: -1, "aria-hidden": "true", hidden: true,
      data: { testid: `tile-${name}` } }, h("span", null));
    this.frame = h("div", { class: "sheet-frame", on: {
      pointermove: (/** @type {PointerEvent} */ event) => this.point(event),
      pointerleave: () => {
        this.tile.hidden = true;
      },
    } }, this.canvas, this.tile);
    /** @type {Grid | null} how samples stand on it, where they can be explored */
    this.grid = null;
    this.element = h("figure", { class: `panel ${name}` }, this.caption, this.frame);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  }

  /**
   * @param {ImageBitmap} bitmap
   * @param {Sheet} sheet
   */
  draw(bitmap, sheet) {
    const { canvas } = this;
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      this.frame.style.setProperty("--ratio", String(bitmap.width / bitmap.height));
    }
    this.context.drawImage(bitmap, 0, 0);
    canvas.setAttribute("aria-label", `Generated samples after ${number(sheet.samples)} samples seen`);
    canvas.dataset.samples = String(sheet.samples);
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.grid || event.pointerType !== "mouse") {
      return;
    }
    const { columns, count, run } = this.grid;
    const lines = Math.ceil(count / columns);
    const { left, top, width, height } = this.frame.getBoundingClientRect();
    const column = Math.floor(((event.clientX - left) / width) * columns);
    const line = Math.floor(((event.clientY - top) / height) * lines);
    const seed = line * columns + column;
    this.tile.hidden = column < 0 || column >= columns || line < 0 || seed >= count;
    this.tile.href = addressOf("explore", run, { s: String(seed) });
    this.tile.title = `Explore sample number ${seed}`;
    fill(/** @type {Element} */ (this.tile.firstElementChild), String(seed));
    Object.assign(this.tile.style, { left: `${(100 * column) / columns}%`, top: `${(100 * line) / lines}%`,
      width: `${100 / columns}%`, height: `${100 / lines}%` });
  }
}

/** What stands on the page's stage. */
export class Stage {
  /**
   * @param {(samples: number | null) => void} onMove hears which moment is shown; null: there is no sheet yet
   * @param {() => void} onLook hears that it is looked at in another way
   * @param {{at: number | null, view: string | null, pin: number | null}} opening what the address asks for
   */
  constructor(onMove, onLook, opening) {
    this.onMove = onMove;
    this.onLook = onLook;
    this.opening = opening;
    this.pictures = new Pictures();
    /** @type {Sheet[]} */
    this.sheets = [];
    /** @type {Sheet | null} */
    this.pinned = null;
    this.way = 1;
    this.live = false;
    this.turn = 0;
    this.index = -1;
    this.a = new Panel("a");
    this.b = new Panel("b");
    this.pin = h("button", { class: "quiet small", type: "button", data: { testid: "pin" },
      on: { click: () => this.pinNow() } }, icon("pin"), "Pin as A");
    this.b.caption.append(this.pin);
    this.reals = h("img", { alt: "Real samples", class: "sheet", data: { testid: "sheet-real" } });
    this.realFrame = h("div", { class: "sheet-frame" }, this.reals);
    this.reals.addEventListener("load", () => {
      this.realFrame.style.setProperty("--ratio", String(this.reals.naturalWidth / this.reals.naturalHeight));
    });
    const real = h("figure", { class: "panel real" },
      h("figcaption", { class: "small" }, h("span", null, "Real samples")), this.realFrame);
    this.panels = h("div", { class: "panels", data: { view: "alone", face: "b" } }, this.a.element, this.b.element,
      real);
    this.views = Object.entries(VIEWS).map(([view, name]) => h("button", { type: "button", "aria-pressed": "false",
      data: { testid: `view-${view}`, view }, on: { click: () => this.look(/** @type {View} */ (view)) } }, name));
    this.flipper = h("button", { type: "button", class: "flipper", hidden: true, data: { testid: "flip" },
      on: { click: () => this.flip() } }, "Flip (F)");
    this.none = h("p", { class: "empty", data: { testid: "no-sheets" } },
      "The first samples are drawn after a few seconds of training.");
    this.scrubber = makeScrubber({
      label: "Snapshots",
      describe: (index) => `${number(this.sheets[index].samples)} samples, ${index + 1} of ${this.sheets.length}${
        this.live && index === this.sheets.length - 1 ? ", live" : ""}`,
      onMove: (index) => this.move(index),
      ready: (index) => this.pictures.load(this.sheets[index].url),
    });
    this.element = h("section", { class: "card stage", "aria-labelledby": "stage", data: { testid: "stage" } },
      h("div", { class: "heading spread" }, h("h2", { id: "stage" }, "Samples"),
        h("div", { class: "segments", role: "group", "aria-label": "What is shown" }, this.views, this.flipper)),
      this.none, this.panels, this.scrubber.element);
    this.look("alone");
  }

  /** @param {RunRecord} record */
  show({ sheets, detail, state, run }) {
    const first = !this.sheets.length && sheets.length > 0;
    const anew = this.sheets[0]?.url !== sheets[0]?.url;
    this.sheets = [...sheets];
    this.live = state === "training";
    this.a.grid = this.b.grid = detail.sheet && detail.model ? { ...detail.sheet, run } : null;
    this.none.hidden = sheets.length > 0;
    this.panels.hidden = this.scrubber.element.hidden = !sheets.length;
    this.element.dataset.pictured = detail.pictured;
    this.views.forEach((view) => {
      view.hidden = view.dataset.view === "reals" && detail.reals === null;
    });
    if (detail.reals && this.reals.getAttribute("src") !== detail.reals) {
      this.reals.src = detail.reals;
    }
    if (anew) {
      this.pinned = null;
    }
    this.scrubber.count(sheets.length, first ? this.beginning() : anew ? sheets.length - 1 : undefined);
    if (first && this.opening.view && this.opening.view in VIEWS) {
      const { pin, view } = this.opening;
      const pinned = sheets.find((sheet) => sheet.samples === pin);
      if (pinned) {
        this.setPin(pinned);
      }
      this.look(/** @type {View} */ (view));
    }
    this.tell();
    if (!sheets.length) {
      this.onMove(null);
    }
  }

  /** @returns {number} the sheet that the address asks for, or the newest */
  beginning() {
    const { at } = this.opening;
    const found = at === null ? -1 : this.sheets.findLastIndex((sheet) => sheet.samples <= at);
    return found < 0 ? this.sheets.length - 1 : found;
  }

  /** @param {number} index */
  move(index) {
    const sheet = this.sheets[index];
    const turn = ++this.turn;
    const bitmap = this.pictures.get(sheet.url);
    if (bitmap) {
      this.b.draw(bitmap, sheet);
      delete this.b.element.dataset.waiting;
    } else {
      this.b.element.dataset.waiting = "";
      this.pictures.load(sheet.url).then((loaded) => {
        if (turn === this.turn) {
          this.b.draw(loaded, sheet);
          delete this.b.element.dataset.waiting;
        }
      }).catch(() => undefined); // the sheet before it stays; the bar says when the studio does not answer
    }
    this.way = index < this.index ? -1 : 1;
    this.index = index;
    this.prepare();
    this.tell();
    this.onMove(sheet.samples);
  }

  /** Has those sheets decoded that may be asked for next, the nearest first. */
  prepare() {
    const urls = [];
    for (let step = 1; step <= AHEAD; step++) {
      urls.push(this.sheets[this.index + this.way * step]?.url);
      urls.push(step <= BEHIND ? this.sheets[this.index - this.way * step]?.url : undefined);
    }
    this.pictures.want(/** @type {string[]} */ (urls.filter(Boolean)));
  }

  /** @param {View} view */
  look(view) {
    this.panels.dataset.view = view;
    this.panels.dataset.face = "b";
    this.flipper.hidden = view !== "flip";
    this.views.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.view === view)));
    if ((view === "side" || view === "flip") && !this.pinned && this.sheets.length) {
      // Who has pinned nothing compares with the beginning; at the beginning, with the end.
      this.setPin(this.sheets[this.index === 0 ? this.sheets.length - 1 : 0]);
    }
    this.tell();
  }

  pinNow() {
    this.setPin(this.sheets[this.index]);
    if (this.panels.dataset.view !== "flip") {
      this.look("side");
    }
  }

  /** @param {Sheet} sheet */
  setPin(sheet) {
    this.pinned = sheet;
    this.pictures.load(sheet.url).then((bitmap) => {
      if (this.pinned === sheet) {
        this.a.draw(bitmap, sheet);
      }
    }).catch(() => undefined);
    this.tell();
  }

  /** Turns from A to B, or back. */
  flip() {
    if (this.panels.dataset.view !== "flip") {
      this.look("flip");
    }
    this.panels.dataset.face = this.panels.dataset.face === "a" ? "b" : "a";
    this.flipper.setAttribute("aria-label", `Flip: ${this.panels.dataset.face === "a" ? "A" : "B"} is shown`);
  }

  /** Says in the captions what is shown. */
  tell() {
    const comparing = this.panels.dataset.view === "side" || this.panels.dataset.view === "flip";
    const at = this.sheets[this.index];
    fill(this.a.words, h("b", null, "A"), this.pinned && ` after ${number(this.pinned.samples)} samples`);
    fill(this.b.words, comparing && [h("b", null, "B"), " "], at && `after ${number(at.samples)} samples`,
      this.live && this.index === this.sheets.length - 1 && ", live");
    this.pin.hidden = !at || this.pinned === at;
    this.onLook();
  }

  /** @returns {{[name: string]: string}} what an address needs to show the same again */
  get query() {
    const view = String(this.panels.dataset.view);
    const at = this.sheets[this.index];
    return { ...(at && this.index < this.sheets.length - 1 && { at: String(at.samples) }),
      ...(view !== "alone" && { view }),
      ...(view !== "alone" && this.pinned && { pin: String(this.pinned.samples) }) };
  }

  close() {
    this.scrubber.destroy();
    this.pictures.close();
  }
}
