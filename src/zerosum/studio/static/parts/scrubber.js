// @ts-check
/**
 * A slider over moments that keep coming.
 *
 *     const scrubber = makeScrubber({ label: "Snapshots", describe: (index) => "after 4,160 samples", onMove: move });
 *     parent.append(scrubber.element);
 *     scrubber.count(12);     // so many moments now; the last one is the newest
 *     scrubber.go(3);         // as if somebody had moved it there
 *     scrubber.destroy();
 *
 * It follows what is new only while it stands at the end. Where somebody has placed it, or holds it, it stays.
 */

import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";

/** @typedef {import("../core/icons.js").IconName} IconName */

/**
 * @typedef {object} Scrubber
 * @property {HTMLElement} element
 * @property {number} index what it shows; -1 where there is nothing
 * @property {(count: number, index?: number) => void} count so many moments, of which `index` is to be shown, if given
 * @property {(index: number) => void} go
 * @property {(by: number) => void} step
 * @property {() => void} turn plays, or stops playing
 * @property {() => void} destroy
 */

const SECONDS = 8; // that playing all of a long run takes
const SLOWEST = 4; // moments a second
const FASTEST = 15;

/**
 * @param {object} settings
 * @param {string} settings.label
 * @param {(index: number) => string} settings.describe a moment in words, for who does not see what is shown of it
 * @param {(index: number) => void} settings.onMove
 * @param {(index: number) => Promise<unknown>} [settings.ready] playing waits until a moment can be shown
 * @returns {Scrubber}
 */
export function makeScrubber({ label, describe, onMove, ready = () => Promise.resolve() }) {
  let count = 0;
  let index = -1;
  let held = false;
  let waiting = 0; // moments there are by now, while somebody holds it
  let playing = 0;

  /** @type {(testid: string, name: string, look: IconName, act: () => void) => HTMLElement} */
  const button = (testid, name, look, act) => h("button", { class: "icon", type: "button", "aria-label": name,
    title: name, data: { testid }, on: { click: act } }, icon(look));
  const range = h("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": label,
    data: { testid: "scrubber" }, on: {
      input: () => {
        stop();
        place(Number(range.value));
      },
      pointerdown: () => {
        held = true;
      },
    } });
  const release = () => {
    if (held) {
      held = false;
      // Who lets go at the end wants to see what is new; who lets go elsewhere stays there.
      set(waiting, index === count - 1 ? waiting - 1 : index);
    }
  };
  addEventListener("pointerup", release);
  addEventListener("pointercancel", release);

  const play = button("scrubber-play", "Play", "play", () => turn());
  const newest = h("button", { class: "scrubber-newest", type: "button", data: { testid: "scrubber-newest" },
    on: { click: () => {
      stop();
      place(count - 1);
    } } }, "Newest");
  const words = h("span", { class: "scrubber-words", "aria-hidden": "true", data: { testid: "scrubber-words" } });
  const element = h("div", { class: "scrubber", role: "group", "aria-label": label,
    data: { testid: "scrubber-group" } }, h("div", { class: "scrubber-keys" }, play,
    button("scrubber-back", "The one before", "left", () => step(-1)),
      button("scrubber-on", "The next one", "right", () => step(1))), range,
    h("div", { class: "scrubber-under" }, words, newest));

  const show = () => {
    range.max = String(Math.max(0, count - 1));
    range.value = String(Math.max(0, index));
    range.disabled = count < 2;
    const text = index < 0 ? "" : describe(index);
    range.setAttribute("aria-valuetext", text);
    words.textContent = index < 0 ? "" : `${index + 1} of ${count}`;
    newest.hidden = index === count - 1;
    newest.textContent = count - 1 - index > 0 ? `Newest (${count - 1 - index} on)` : "Newest";
  };
  /** @param {number} to */
  const place = (to) => {
    const moved = Math.max(0, Math.min(count - 1, to));
    if (moved !== index && count) {
      index = moved;
      onMove(index);
    }
    show();
  };
  /**
   * @param {number} now
   * @param {number} at
   */
  const set = (now, at) => {
    const before = index;
    count = now;
    index = Math.min(at, count - 1);
    if (index !== before && index >= 0) {
      onMove(index);
    }
    show();
  };
  const step = (/** @type {number} */ by) => {
    stop();
    place(index + by);
  };
  const stop = () => {
    clearTimeout(playing);
    playing = 0;
    play.setAttribute("aria-label", "Play");
    play.title = "Play";
    fill(play, icon("play"));
  };
  const turn = () => {
    if (playing) {
      stop();
      return;
    }
    if (count > 1) {
      play.setAttribute("aria-label", "Pause playing");
      play.title = "Pause playing";
      fill(play, icon("pause"));
      place(index === count - 1 ? 0 : index);
      next();
    }
  };
  const next = () => {
    const pace = 1000 / Math.min(FASTEST, Math.max(SLOWEST, count / SECONDS));
    const turnOf = playing = window.setTimeout(async () => {
      await ready(index + 1).catch(() => undefined);
      if (playing === turnOf) {
        place(index + 1);
        if (index < count - 1) {
          next();
        } else {
          stop();
        }
      }
    }, pace);
  };
  show();

  return {
    element,
    get index() {
      return index;
    },
    count: (now, at) => {
      waiting = now;
      if (!held) {
        // Where it stands at the end, and is not on its way there, it goes on with the end.
        set(now, at ?? (index === count - 1 && !playing ? now - 1 : index));
      }
    },
    go: (to) => {
      stop();
      place(to);
    },
    step,
    turn,
    destroy: () => {
      stop();
      removeEventListener("pointerup", release);
      removeEventListener("pointercancel", release);
    },
  };
}
