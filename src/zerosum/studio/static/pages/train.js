// @ts-check
/** Train: a run as it is trained, or was: its samples at every moment, how the players stand, and what can be done. */

import { addressOf, rememberQuery } from "../core/address.js";
import { fill, h } from "../core/dom.js";
import { onKey } from "../core/keys.js";
import { isNumber, lastBefore } from "../parts/lines.js";
import { makeControls } from "../train/controls.js";
import { makeDoctor } from "../train/doctor.js";
import { makeGame } from "../train/game.js";
import { makeLog } from "../train/log.js";
import { makePlots } from "../train/plots.js";
import { Record } from "../train/record.js";
import { Stage } from "../train/stage.js";

const EVERY = 500; // milliseconds between two drawings of charts while numbers come

/** Parts of the run that charts can show: their names, and where they begin. */
const PARTS = { all: 0, half: 0.5, tenth: 0.9 };

/**
 * @param {HTMLElement} root
 * @param {import("../core/address.js").Address} address
 * @returns {Promise<() => void>}
 */
export async function open(root, { run, query }) {
  if (run === null) {
    fill(root, h("section", { class: "empty", data: { testid: "no-run" } }, h("h2", null, "Nothing is training yet"),
      h("p", null, "Choose pictures, points or a table, and watch a generator learn them."),
      h("p", null, h("a", { class: "button primary", href: addressOf("start"), data: { testid: "to-start" } },
        "Train something"))));
    return () => undefined;
  }
  const record = new Record(run);
  await record.open();
  const page = new TrainPage(record, query);
  fill(root, page.element);
  page.begin();
  await record.load();
  page.listen();
  return () => page.close();
}

/** The parts of the page, and what each of them hears of. */
class TrainPage {
  /**
   * @param {Record} record
   * @param {URLSearchParams} query
   */
  constructor(record, query) {
    this.record = record;
    /** @type {number | null} samples at the moment that is shown */
    this.moment = null;
    this.axis = query.get("axis") === "seconds" ? "seconds" : "samples";
    /** @type {keyof typeof PARTS | "zoomed"} */
    this.part = "all";
    this.frame = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.drawing = undefined;
    this.controls = makeControls(record);
    this.doctor = makeDoctor(record);
    this.game = makeGame();
    this.log = makeLog();
    this.plots = makePlots((range) => this.zoom(range));
    /** @type {Stage} */
    this.stage = new Stage((samples) => this.move(samples), () => this.soon(),
      { at: asNumber(query.get("at")), view: query.get("view"), pin: asNumber(query.get("pin")) });
    this.element = h("div", { class: "train stack" }, this.controls.element,
      h("div", { class: "train-first" }, this.stage.element,
        h("div", { class: "stack train-side" }, this.doctor.element, this.game.element, this.plots.first)),
      this.tools(), h("div", { class: "plots" }, this.plots.others, this.log.element));
  }

  /** What all charts are drawn over, and which part of the run they show. */
  tools() {
    const over = h("select", { id: "axis", value: this.axis, data: { testid: "axis" }, on: { change: () => {
      this.axis = over.value;
      this.zoom(null);
      this.draw();
      this.soon();
    } } }, h("option", { value: "samples" }, "samples seen"), h("option", { value: "seconds" }, "time"));
    this.parts = h("select", { id: "part", data: { testid: "part" }, on: { change: () => {
      this.part = /** @type {keyof typeof PARTS} */ (this.parts?.value);
      this.showPart();
    } } }, h("option", { value: "all" }, "the whole run"), h("option", { value: "half" }, "its last half"),
    h("option", { value: "tenth" }, "its last tenth"), h("option", { value: "zoomed", hidden: true }, "a part of it"));
    return h("div", { class: "row plots-tools" }, h("label", { for: "part" }, "Charts show"), this.parts,
      h("label", { for: "axis" }, "over"), over,
      h("span", { class: "soft small" }, "Drag in a chart to zoom, double-click to see all."));
  }

  /** Shows what is known at once, and what becomes known. */
  begin() {
    this.controls.show();
    this.stage.show(this.record);
    this.unwatch = this.record.watch((changes) => this.hear(changes));
  }

  /** Lets keys steer. */
  listen() {
    const scrub = this.stage.scrubber;
    this.keys = [
      onKey(" ", "pause the training, or go on", () => this.controls.turn()),
      onKey("ArrowLeft", "see the samples before these", () => scrub.step(-1)),
      onKey("ArrowRight", "see the samples after these", () => scrub.step(1)),
      onKey("Home", "see the first samples", () => scrub.go(0)),
      onKey("End", "see the newest samples", () => scrub.go(Infinity)),
      onKey("p", "play the samples from the first to the newest", () => scrub.turn()),
      onKey("a", "pin these samples as A", () => this.stage.pinNow()),
      onKey("f", "flip between A and B", () => this.stage.flip()),
      onKey("s", "draw a snapshot now", () => this.controls.snapshot()),
    ];
  }

  /** @param {Set<import("../train/record.js").Change>} changes */
  hear(changes) {
    const all = changes.has("all");
    if (all || changes.has("sheets") || changes.has("state")) {
      this.stage.show(this.record);
    }
    if (changes.has("sheets")) {
      this.controls.drawn();
    }
    if (all || changes.has("findings") || changes.has("state")) {
      this.doctor.load();
    } else if (changes.has("looks")) {
      this.doctor.soon();
    }
    if (all || changes.has("notes")) {
      this.log.show(this.record);
    }
    if (all) {
      this.draw();
    } else if (!this.drawing) {
      this.drawing = setTimeout(() => this.draw(), EVERY);
    }
    if (changes.has("state") || all) {
      this.controls.show();
    }
  }

  /** Draws what is made of numbers. */
  draw() {
    clearTimeout(this.drawing);
    this.drawing = undefined;
    const { notes, samples } = this.record;
    const marks = notes.filter((note) => note.event === "finding" && note.samples > 0 && note.samples <= samples)
      .map((note) => ({ x: note[this.axis], label: note.failure.replaceAll("-", " "), tone: note.level }));
    this.plots.show(this.record, this.axis, this.place(), marks);
    this.showPart();
    this.game.show(this.record, this.at());
    this.controls.show();
  }

  /** @returns {number} samples at the moment that is read; the latest where the newest samples are shown */
  at() {
    const { moment, stage, record } = this;
    return moment === null || stage.index === stage.sheets.length - 1 ? Infinity : Math.min(moment, record.samples);
  }

  /** @returns {number | null} where the moment is on the charts' axis */
  place() {
    if (this.moment === null || this.axis === "samples") {
      return this.moment;
    }
    const { progress } = this.record;
    const row = lastBefore(/** @type {number[]} */ (progress.of("samples")), this.moment);
    const seconds = progress.of("seconds")[Math.max(0, row)];
    return isNumber(seconds) ? seconds : null;
  }

  /** @param {number | null} samples */
  move(samples) {
    this.moment = samples;
    this.soon();
  }

  /** The picture is there at once; what goes with it may come a frame later. */
  soon() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.plots.at(this.place());
      this.game.show(this.record, this.at());
      if (this.element.isConnected) { // and not left for another page, whose address it is now
        rememberQuery({ ...this.stage.query, ...(this.axis !== "samples" && { axis: this.axis }) });
      }
    });
  }

  /** @param {[number, number] | null} range */
  zoom(range) {
    this.part = range ? "zoomed" : "all";
    if (this.parts) {
      this.parts.value = this.part;
    }
    this.plots.zoom(range);
  }

  /** Shows the part of the run that was chosen, which moves on with it. */
  showPart() {
    if (this.part !== "zoomed") {
      const [low, high] = this.plots.domain();
      const begin = PARTS[this.part];
      this.plots.zoom(begin ? [low + begin * (high - low), high] : null);
    }
  }

  close() {
    clearTimeout(this.drawing);
    cancelAnimationFrame(this.frame);
    this.unwatch?.();
    this.keys?.forEach((end) => end());
    this.doctor.stop();
    this.stage.close();
    this.plots.destroy();
    this.record.close();
  }
}

/**
 * @param {string | null} text
 * @returns {number | null}
 */
function asNumber(text) {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
