// @ts-check
/** A run as its page knows it: loaded at once, and kept up with what happens from then on. */

import { get, Refusal } from "../core/api.js";
import { follow } from "../core/stream.js";
import { Columns } from "./columns.js";

/**
 * @typedef {import("../core/runs.js").RunSummary & {
 *   config: any, settings: any, treatments: any[], sheets: Sheet[], pictured: string, reals: string | null,
 *   batch: number | null, canResume: boolean, canUndo: boolean, atEnd: boolean, even?: number | null,
 *   sheet?: {columns: number, count: number} | null,
 *   thresholds?: {[name: string]: number}}} Detail
 */

/** @typedef {{samples: number, url: string}} Sheet */
/** @typedef {{event: string, samples: number, seconds: number, [name: string]: any}} Note */
/** @typedef {import("../parts/histogram.js").Scores} Scores */
/** @typedef {"numbers" | "looks" | "sheets" | "notes" | "findings" | "state" | "all"} Change */

const AGAIN = 2_000; // milliseconds until a run is asked for again where the studio does not answer
const MOST_HISTOGRAMS = 400;
const MOST_NOTES = 600;

/** One run. `watch` tells once a frame what has changed; "all" where it was loaded anew. */
export class Record {
  /** @param {string} run */
  constructor(run) {
    this.run = run;
    this.path = `/api/runs/${encodeURIComponent(run)}`;
    /** @type {Detail} */
    this.detail = /** @type {any} */ (null);
    /** @type {Sheet[]} */
    this.sheets = [];
    this.progress = new Columns();
    this.probe = new Columns();
    /** @type {Scores[]} */
    this.histograms = [];
    /** @type {Note[]} */
    this.notes = [];
    /** @type {Note} what the latest session began with */
    this.start = { event: "start", samples: 0, seconds: 0 };
    this.state = "";
    /** @type {Set<(changes: Set<Change>) => void>} */
    this.watchers = new Set();
    /** @type {Set<Change>} */
    this.changes = new Set();
    this.frame = 0;
    this.closed = false;
    this.ending = new AbortController();
    this.stop = () => {};
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.again = undefined;
  }

  /** Asks for what is quick: how the run stands, and its contact sheets. */
  async open() {
    this.take(await get(this.path, this.ending.signal));
  }

  /** Asks for the numbers, and follows the run from there on. */
  async load() {
    const series = await get(`${this.path}/series`, this.ending.signal);
    if (this.closed) {
      return;
    }
    this.progress = new Columns(series.progress);
    this.probe = new Columns(series.probe);
    this.histograms = series.histograms ?? [];
    this.notes = [...series.notes, ...series.findings].sort((a, b) => a.seconds - b.seconds);
    // Snapshots that came after the run's state was asked for, and before the place where the stream goes on.
    const treated = this.notes.findLastIndex((note) => note.event === "treated");
    this.notes.slice(treated + 1).forEach((note) => note.event === "snapshot" && this.addSheet(note));
    this.start = this.notes.findLast((note) => note.event === "start") ?? this.start;
    this.stop();
    this.stop = follow(this.run, series.offset, {
      event: (event) => this.hear(event),
      state: ({ state }) => {
        this.state = state;
        this.tell("state");
        this.refresh();
      },
      reset: () => this.reload(),
    });
    this.tell("all");
  }

  /** Begins anew, as after a treatment. */
  async reload() {
    this.stop();
    this.stop = () => {};
    clearTimeout(this.again);
    try {
      this.take(await get(this.path, this.ending.signal));
      await this.load();
    } catch (error) {
      if (!this.closed && error instanceof Refusal && error.status === 0) {
        this.again = setTimeout(() => this.reload(), AGAIN);
      } else if (!this.closed) {
        throw error;
      }
    }
  }

  /** Asks how the run stands: what can be done with it depends on that. */
  refresh() {
    get(this.path, this.ending.signal).then((detail) => {
      this.detail = detail;
      this.state = detail.state;
      this.tell("state");
    }).catch(() => undefined); // the bar says when the studio does not answer
  }

  /** @param {Detail} detail */
  take(detail) {
    this.detail = detail;
    this.state = detail.state;
    this.sheets = detail.sheets;
  }

  /** @param {Note} event */
  hear(event) {
    if (event.event === "progress") {
      this.progress.add(event);
      this.tell("numbers");
      return;
    }
    if (event.event === "probe") {
      this.probe.add(event);
      if (event.logits_fake) {
        this.histograms.push(/** @type {any} */ (event));
        if (this.histograms.length > MOST_HISTOGRAMS) {
          this.histograms = this.histograms.filter((_, index) => index % 2 === 0 || index === MOST_HISTOGRAMS);
        }
      }
      this.tell("numbers");
      this.tell("looks");
      return;
    }
    this.note(event);
  }

  /** @param {Note} event any but those that come with every look */
  note(event) {
    this.notes.push(event);
    if (this.notes.length > MOST_NOTES) {
      this.notes = keepTelling(this.notes);
    }
    this.tell("notes");
    if (event.event === "snapshot") {
      this.addSheet(event);
      this.tell("sheets");
    } else if (event.event === "finding") {
      this.tell("findings");
    } else if (event.event === "start") {
      this.start = event;
    } else if (event.event === "treated" || event.event === "undone") {
      this.reload();
    }
  }

  /** @param {Note} note */
  addSheet({ samples, url }) {
    const last = this.sheets[this.sheets.length - 1];
    if (url && (!last || samples > last.samples)) {
      this.sheets.push({ samples, url });
    }
  }

  /**
   * @param {(changes: Set<Change>) => void} watcher
   * @returns {() => void} ends it
   */
  watch(watcher) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** @param {Change} change */
  tell(change) {
    this.changes.add(change);
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      const changes = this.changes;
      this.changes = new Set();
      this.watchers.forEach((watcher) => watcher(changes));
    });
  }

  /** @returns {number} samples seen at the latest number */
  get samples() {
    const newest = [this.progress, this.probe].map((columns) => Number(columns.of("samples").at(-1) ?? 0));
    return Math.max(this.detail.samples, ...newest);
  }

  close() {
    this.closed = true;
    clearTimeout(this.again);
    cancelAnimationFrame(this.frame);
    this.stop();
    this.ending.abort();
    this.watchers.clear();
  }
}

/**
 * Drops the older half of what happens again and again.
 * @param {Note[]} notes
 * @returns {Note[]}
 */
function keepTelling(notes) {
  const half = notes.length >> 1;
  const kept = notes.filter(({ event }, index) => index >= half || (event !== "snapshot" && event !== "checkpoint"));
  return kept.slice(-MOST_NOTES);
}
