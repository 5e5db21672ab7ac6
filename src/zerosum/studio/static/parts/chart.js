// @ts-check
/**
 * Charts of lines: uPlot, with what a person needs around it.
 *
 *     const chart = makeChart({ title: "Losses", caption: "Loss is not quality.", testid: "losses" });
 *     parent.append(chart.element);
 *     chart.show({ lines: [{ name: "generator", x, y, tone: "fake", dash: "dashed" }], axis: "samples" });
 *     chart.zoom([0, 5000]);      // or null: all there is
 *     chart.destroy();            // when the page is left
 *
 * `show` may be called as often as numbers come: it is drawn once a frame, and only where it can be seen; what cannot
 * be seen is drawn once, and again before the page is printed. Lines need not have their points at the same places.
 * Drag to zoom, double-click to see all. Charts of one `group` share the cursor; with `onZoom` the page decides what is
 * seen (and calls `zoom` on all of them). What is drawn is also said in a sentence (the plot's `aria-label`), shown as
 * a table on demand, and downloaded as CSV. Lines differ in dashes and markers too.
 */

import { add, fill, h } from "../core/dom.js";
import { theme, token } from "../core/theme.js";
import { number, percent } from "../core/words.js";
import uPlot from "../vendor/uplot/uPlot.esm.js";
import { drawBands, drawLineMarkers, drawMarks } from "./chart_marks.js";
import { aligned, calm, csv, extent, isNumber, lastBefore, latest, spread } from "./lines.js";
import { decades, placeWord, tick } from "./ticks.js";

/** @typedef {import("./lines.js").Line} Line */
/** @typedef {import("./lines.js").Value} Value */

/**
 * @typedef {object} Band heights that mean something
 * @property {number} from may be -Infinity
 * @property {number} to may be Infinity
 * @property {string} label
 * @property {"soft" | "warn" | "alarm" | "good"} tone
 * @property {number} [middle] a line across it
 */

/**
 * @typedef {object} Mark a moment
 * @property {number} x
 * @property {string} label
 * @property {string} tone the colour's token
 */

/**
 * @typedef {object} Settings
 * @property {string} title
 * @property {string} testid
 * @property {string} [caption] how to read it
 * @property {"number" | "share"} [unit] a share is shown in per cent
 * @property {boolean} [logarithmic]
 * @property {(low: number, high: number) => [number, number]} [range] of heights that are seen, from those there are
 * @property {number} [height] of the plot in pixels
 * @property {string} [group] charts that share their cursor
 * @property {(range: [number, number] | null) => void} [onZoom] somebody wants to see a part, or all
 * @property {(x: number) => void} [onPick] somebody clicked at a place
 */

/**
 * @typedef {object} Drawing
 * @property {Line[]} lines at least one
 * @property {string} [axis] what x is: "samples" by default; "seconds" is shown as a time
 * @property {Band[]} [bands]
 * @property {Mark[]} [marks]
 * @property {[number, number]} [domain] places that are seen when all are; by default those of the lines
 * @property {number | null} [at] the moment that the page shows
 * @property {string} [summary] what is to be seen, in a sentence; by default the latest numbers
 */

/**
 * @typedef {object} Chart
 * @property {HTMLElement} element
 * @property {(drawing: Drawing) => void} show
 * @property {(at: number | null) => void} at moves the line of the moment that the page shows
 * @property {(range: [number, number] | null) => void} zoom
 * @property {() => void} destroy
 */

const HEIGHT = 190;
const TABLE_ROWS = 100;
const UNSEEN = 400; // milliseconds after which a chart is drawn for the first time that nobody sees yet
const DASHES = { solid: [], dashed: [6, 4], dotted: [2, 3] };

/** @type {Map<string, string>} */
const colours = new Map();
document.addEventListener("theme", () => colours.clear());

/**
 * A token's colour, asked for once a theme.
 * @param {string} name
 * @returns {string}
 */
export function colour(name) {
  const key = `${theme()} ${name}`;
  const known = colours.get(key) ?? token(name);
  colours.set(key, known);
  return known;
}

/**
 * @param {Settings} settings
 * @returns {Chart}
 */
export function makeChart(settings) {
  return new LineChart(settings);
}

/** @implements {Chart} */
class LineChart {
  /** @param {Settings} settings */
  constructor(settings) {
    const id = settings.testid;
    this.settings = settings;
    this.plot = h("div", { class: "chart-plot", role: "img", "aria-label": settings.title,
      data: { testid: `${id}-plot` } });
    this.legend = h("p", { class: "chart-legend", "aria-hidden": "true" });
    this.table = h("div", { class: "chart-table wide", tabindex: 0, role: "region", hidden: true,
      "aria-label": `${settings.title}, as a table`, data: { testid: `${id}-table` } });
    this.tabulate = this.tool("Table", () => this.turnTable(), { "aria-expanded": "false",
      data: { testid: `${id}-as-table` } });
    this.whole = this.tool("See all", () => this.ask(null), { hidden: true, data: { testid: `${id}-reset` } });
    this.element = h("figure", { class: "chart card", data: { testid: id } },
      h("figcaption", { class: "chart-head" }, h("h3", null, settings.title),
        h("div", { class: "chart-tools" }, this.whole, this.tabulate,
          this.tool("CSV", () => this.download(), { data: { testid: `${id}-csv` } }))),
      settings.caption && h("p", { class: "chart-caption small soft" }, settings.caption), this.legend, this.plot,
      this.table);
    /** @type {Drawing | null} */
    this.drawing = null;
    /** @type {uPlot | null} */
    this.chart = null;
    /** @type {[number, number] | null} */
    this.range = null;
    this.shape = "";
    this.seen = false;
    this.frame = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.waiting = undefined;
    this.later = () => this.redraw(true);
    this.now = () => this.draw();
    document.addEventListener("theme", this.later);
    addEventListener("beforeprint", this.now);
    this.sizes = new ResizeObserver(() => this.fit());
    this.sizes.observe(this.plot);
    this.sights = new IntersectionObserver((entries) => {
      this.seen = entries[entries.length - 1].isIntersecting;
      this.redraw();
    }, { rootMargin: "200px" });
    this.sights.observe(this.element);
  }

  /**
   * @param {string} text
   * @param {() => void} act
   * @param {import("../core/dom.js").Attributes} attributes
   */
  tool(text, act, attributes) {
    return h("button", { class: "quiet small", type: "button", "aria-label": `${text}: ${this.settings.title}`,
      ...attributes, on: { click: act } }, text);
  }

  /** @param {Drawing} drawing */
  show(drawing) {
    this.drawing = drawing;
    this.redraw();
  }

  /** @param {number | null} at */
  at(at) {
    if (this.drawing && this.drawing.at !== at) {
      this.drawing.at = at;
      if (this.chart && this.seen && !this.frame) {
        this.chart.redraw(false, false);
      }
    }
  }

  /** @param {[number, number] | null} range */
  zoom(range) {
    this.range = range;
    this.whole.hidden = range === null;
    this.redraw();
  }

  /** @param {[number, number] | null} range */
  ask(range) {
    if (this.settings.onZoom) {
      this.settings.onZoom(range);
    } else {
      this.zoom(range);
    }
  }

  destroy() {
    document.removeEventListener("theme", this.later);
    removeEventListener("beforeprint", this.now);
    cancelAnimationFrame(this.frame);
    clearTimeout(this.waiting);
    this.sizes.disconnect();
    this.sights.disconnect();
    this.chart?.destroy();
    this.chart = null;
  }

  /** @param {boolean} [anew] also what is looked up only once */
  redraw(anew = false) {
    if (anew) {
      this.shape = "";
    }
    if (this.seen && this.drawing && !this.frame) {
      this.frame = requestAnimationFrame(() => {
        this.frame = 0;
        this.draw();
      });
    } else if (this.drawing && !this.chart) {
      this.waiting ??= setTimeout(this.now, UNSEEN);
    }
  }

  draw() {
    if (!this.drawing) {
      return;
    }
    const { lines, axis = "samples", summary } = this.drawing;
    const { x, ys } = aligned(lines);
    const { logarithmic } = this.settings;
    // A noisy line is two: as it is, faintly, and its running median. A logarithmic axis has no place for 0.
    const shown = ys.map((y) => (logarithmic ? y.map((value) => (isNumber(value) && value > 0 ? value : null)) : y));
    this.values = { x, ys: shown.map((y, index) => (lines[index].noisy ? calm(y) : y)) };
    const { ys: calmed } = this.values;
    const drawn = shown.flatMap((y, index) => (lines[index].noisy ? [y, calmed[index]] : [y]));
    const data = /** @type {any} */ ([x, ...drawn]);
    const looks = lines.map(({ name, tone, dash, marker, noisy }) => [name, tone, dash, marker, noisy]);
    const shape = JSON.stringify([axis, looks]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.chart?.destroy();
      this.chart = new uPlot(this.options(lines, axis), data, this.plot);
      fill(this.legend, lines.map((line) => h("span", { class: "chart-name" }, swatch(line), line.name, " ",
        h("b", null))), h("span", { class: "chart-place soft" }));
    } else {
      this.chart?.setData(data);
    }
    this.plot.setAttribute("aria-label", `${this.settings.title}. ${summary ?? this.sentence()}`);
    this.tell();
    if (!this.table.hidden) {
      this.fillTable();
    }
  }

  /** Says the numbers at the cursor, or the latest ones, in the legend. */
  tell() {
    const { lines, axis = "samples" } = /** @type {Drawing} */ (this.drawing);
    const { x, ys } = this.values ?? { x: [], ys: [] };
    const index = this.chart?.cursor.idx ?? null;
    const names = this.legend.querySelectorAll("b");
    lines.forEach((_, line) => {
      const value = latest(ys[line], index ?? undefined);
      names[line].textContent = value === null ? "" : this.word(value);
    });
    const place = this.legend.querySelector(".chart-place");
    if (place) {
      place.textContent = index === null || x[index] === undefined ? "" : `at ${placeWord(x[index], axis)}`;
    }
  }

  /** @returns {string} */
  sentence() {
    const { lines, axis = "samples" } = /** @type {Drawing} */ (this.drawing);
    const { x, ys } = this.values ?? { x: [], ys: [] };
    const parts = lines.map((line, index) => {
      const span = extent([ys[index]]);
      const last = latest(ys[index]);
      return span === null || last === null ? `${line.name}: no numbers yet`
        : `${line.name}: ${this.word(last)} now, between ${this.word(span[0])} and ${this.word(span[1])} so far`;
    });
    const to = x.length ? ` Up to ${placeWord(x[x.length - 1], axis)}.` : "";
    return `${parts.join("; ")}.${to}`;
  }

  /** @param {number} value */
  word(value) {
    return this.settings.unit === "share" ? percent(value) : number(value);
  }

  fit() {
    const { clientWidth: width } = this.plot;
    if (this.chart && width > 0 && width !== this.chart.width) {
      this.chart.setSize({ width, height: this.chart.height });
    }
  }

  /**
   * @param {Line[]} lines
   * @param {string} axis
   * @returns {any} uPlot.Options
   */
  options(lines, axis) {
    const { unit, logarithmic, range, height = HEIGHT, group } = this.settings;
    const font = "11px system-ui, sans-serif";
    const both = { stroke: () => colour("soft"), font, grid: { stroke: () => colour("line"), width: 1 },
      ticks: { show: false } };
    const all = (/** @type {uPlot} */ _, /** @type {number[]} */ heights) => heights;
    return {
      width: this.plot.clientWidth || 320,
      height,
      padding: [10, 8, 0, 0],
      legend: { show: false },
      // The cursor's own points would be round for every line.
      cursor: { points: { show: false }, drag: { x: true, y: false, setScale: false, dist: 6 },
        sync: group ? { key: group, setSeries: false } : undefined,
        bind: { dblclick: () => () => (this.ask(null), null) } },
      scales: {
        x: { time: false, range: (/** @type {uPlot} */ _, /** @type {number} */ low, /** @type {number} */ high) =>
          this.range ?? this.drawing?.domain ?? [low ?? 0, high > low ? high : (low ?? 0) + 1] },
        y: { distr: logarithmic ? 3 : 1, ...(range && { range: (/** @type {uPlot} */ _, /** @type {number} */ low,
          /** @type {number} */ high) => range(low ?? 0, high ?? 1) }) },
      },
      axes: [
        { ...both, size: 26, gap: 6, space: 56, values: (/** @type {uPlot} */ _, /** @type {number[]} */ places) =>
          places.map((place) => tick(place, axis === "seconds" ? "seconds" : "number")) },
        { ...both, size: 46, gap: 5, space: 32, ...(logarithmic && { splits: decades, filter: all }),
          values: (/** @type {uPlot} */ _, /** @type {(number | null)[]} */ heights) =>
            heights.map((value) => (value === null ? "" : tick(value, unit))) },
      ],
      series: [{}, ...lines.flatMap((line) => this.series(line))],
      hooks: {
        drawClear: [(/** @type {uPlot} */ chart) => drawBands(chart, this.drawing?.bands ?? [])],
        draw: [(/** @type {uPlot} */ chart) => {
          const { marks = [], at = null } = this.drawing ?? {};
          const { x = [], ys = [] } = this.values ?? {};
          lines.forEach((line, index) => drawLineMarkers(chart, line, x, ys[index] ?? []));
          drawMarks(chart, marks, at);
        }],
        setCursor: [() => this.tell()],
        setSelect: [(/** @type {uPlot} */ chart) => this.select(chart)],
      },
    };
  }

  /**
   * @param {Line} line
   * @returns {any[]} uPlot.Series
   */
  series(line) {
    const stroke = () => colour(line.tone);
    const plain = { spanGaps: true, points: { show: false } };
    const full = { ...plain, stroke, width: 2, dash: DASHES[line.dash ?? "solid"] };
    return line.noisy ? [{ ...plain, stroke, width: 1, alpha: 0.22 }, full] : [full];
  }

  /** @param {uPlot} chart */
  select(chart) {
    const { left, width } = chart.select;
    if (width > 0) {
      const range = /** @type {[number, number]} */ ([chart.posToVal(left, "x"), chart.posToVal(left + width, "x")]);
      chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      this.ask(range);
    }
  }

  turnTable() {
    this.table.hidden = !this.table.hidden;
    this.tabulate.setAttribute("aria-expanded", String(!this.table.hidden));
    if (!this.table.hidden) {
      this.fillTable();
    }
  }

  fillTable() {
    const { lines, axis = "samples" } = /** @type {Drawing} */ (this.drawing);
    const { x, ys } = aligned(lines);
    const [from, to] = this.range ?? [-Infinity, Infinity];
    const first = lastBefore(x, from - 1e-9) + 1;
    const count = Math.max(0, lastBefore(x, to) + 1 - first);
    const rows = spread(count, TABLE_ROWS).map((row) => h("tr", null, h("td", null, placeWord(x[first + row], axis)),
      ys.map((y) => h("td", { class: "number" }, isNumber(y[first + row]) ? this.word(Number(y[first + row])) : ""))));
    fill(this.table, h("table", null,
      count > TABLE_ROWS && h("caption", { class: "small soft" },
        `${TABLE_ROWS} of ${number(count)} points; the CSV has all.`),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, axis),
        lines.map((line) => h("th", { class: "number", scope: "col" }, line.name)))),
      h("tbody", null, rows)));
  }

  download() {
    if (this.drawing) {
      const text = csv(this.drawing.axis ?? "samples", this.drawing.lines);
      const url = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
      const link = h("a", { href: url, download: `${this.settings.testid}.csv` });
      add(document.body, link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    }
  }
}

/**
 * A small piece of the line, as the legend shows it.
 * @param {Line} line
 * @returns {SVGSVGElement}
 */
function swatch({ tone, dash = "solid", marker = "none" }) {
  const points = { circle: h("circle", { cx: 12, cy: 5, r: 3.2 }),
    square: h("rect", { x: 9, y: 2, width: 6, height: 6 }), diamond: h("path", { d: "M12 1 16 5 12 9 8 5Z" }),
    none: null };
  return h("svg", { class: `chart-swatch tone-${tone}`, viewBox: "0 0 24 10", width: 24, height: 10 },
    h("path", { d: "M0 5H24", "stroke-width": 2, "stroke-dasharray": DASHES[dash].join(" ") || null }), points[marker]);
}
