// @ts-check
/** Numbers of events as columns that never grow beyond a few thousand rows, however long a run is watched. */

import { isNumber } from "../parts/lines.js";

/** @typedef {(number | null)[]} Column */

const MOST = 4_000; // rows; halved then, so that there are always at least half as many
const FEW = 4; // rows that are put together into two
const PAIR = 2;
const AXES = ["samples", "seconds"];

/**
 * Columns beside each other, over the samples seen.
 *
 * When there are too many rows, four become two: of each column the smallest and the largest value of the four, in the
 * order in which they came, so that no peak is lost. From then on what comes is put together likewise as soon as it
 * spans as many samples as such a pair does, so that rows lie equally close everywhere; only the newest are as they
 * came.
 */
export class Columns {
  /** @param {{[name: string]: Column}} columns as the server gives them, all of one length */
  constructor(columns = {}) {
    /** @type {{[name: string]: Column}} */
    this.columns = { samples: [], seconds: [], ...columns };
    this.count = this.columns.samples.length;
    /** Samples that a stretch of rows that are put together spans; 0 while all rows are as they came. */
    this.width = this.count * PAIR > MOST - FEW ? (PAIR * this.span()) / this.count : 0;
    /** Rows before this one are not put together any more, until all are. */
    this.settled = this.count;
  }

  /**
   * @param {string} name
   * @returns {Column} empty where there never was a number under that name
   */
  of(name) {
    return this.columns[name] ?? [];
  }

  /** @param {string} name */
  has(name) {
    return this.of(name).some(isNumber);
  }

  /** @param {{[name: string]: unknown}} event */
  add(event) {
    for (const [name, value] of Object.entries(event)) {
      if (typeof value === "number") {
        (this.columns[name] ??= Array(this.count).fill(null)).push(value);
      }
    }
    this.count += 1;
    for (const column of Object.values(this.columns)) {
      if (column.length < this.count) {
        column.push(null);
      }
    }
    const { samples } = this.columns;
    const span = Number(samples[this.count - 1]) - Number(samples[this.settled]);
    if (this.width && this.count - this.settled >= FEW && span >= this.width) {
      this.gather(this.settled, this.count - this.settled);
      this.settled = this.count;
    }
    if (this.count > MOST) {
      this.gather(1, FEW);
      this.width = (PAIR * this.span()) / this.count;
      this.settled = this.count;
    }
  }

  /** @returns {number} samples from the first row to the last one */
  span() {
    const { samples } = this.columns;
    return this.count ? Number(samples[this.count - 1]) - Number(samples[0]) : 0;
  }

  /**
   * Puts together so many rows each time, from one row on; what is left over stays.
   * @param {number} from
   * @param {number} each
   */
  gather(from, each) {
    const groups = Math.floor((this.count - from) / each);
    for (const [name, column] of Object.entries(this.columns)) {
      const pair = AXES.includes(name) ? ends : extremes;
      let write = from;
      for (let group = 0; group < groups; group++) {
        const [first, second] = pair(column, from + group * each, from + (group + 1) * each);
        column[write++] = first;
        column[write++] = second;
      }
      for (let row = from + groups * each; row < this.count; row++) {
        column[write++] = column[row];
      }
      column.length = write;
    }
    this.count = this.columns.samples.length;
  }
}

/**
 * @param {Column} column
 * @param {number} begin
 * @param {number} end
 * @returns {[number | null, number | null]}
 */
function ends(column, begin, end) {
  return [column[begin], column[end - 1]];
}

/**
 * @param {Column} column
 * @param {number} begin
 * @param {number} end
 * @returns {[number | null, number | null]} the smallest and the largest value in the order in which they came
 */
function extremes(column, begin, end) {
  let low = -1;
  let high = -1;
  for (let row = begin; row < end; row++) {
    const value = column[row];
    if (value !== null) {
      low = low < 0 || value < Number(column[low]) ? row : low;
      high = high < 0 || value > Number(column[high]) ? row : high;
    }
  }
  return low < 0 ? [null, null] : low <= high ? [column[low], column[high]] : [column[high], column[low]];
}
