// @ts-check
/** The row of what moves the game: run, single moves, slow motion, speed, seed, a new start, the link. */

import { announce, fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { onKey } from "../core/keys.js";
import { SPEEDS } from "./board.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./slow.js").SlowMotion} SlowMotion */

/**
 * @param {Board} board
 * @param {SlowMotion} slow
 * @param {() => string} link the address of what is seen
 * @returns {{element: HTMLElement, close: () => void}}
 */
export function makeToolbar(board, slow, link) {
  const run = () => {
    slow.stop();
    if (board.playing) {
      board.pause();
    } else {
      board.play();
    }
  };
  const step = (/** @type {"discriminator" | "generator" | "both"} */ player) => {
    slow.stop();
    board.step(player);
  };
  const reset = () => {
    slow.stop();
    board.pause();
    board.reset();
    announce("A new game, from round 0.");
  };
  const running = button("run", "Run or pause (space)", run);
  running.className = "primary";
  const slowly = button("slow", "One phase of a move after the other, explained (m)", () => slow.turn(), "Slow motion");
  const show = () => {
    fill(running, icon(board.playing ? "pause" : "play"), board.playing ? "Pause" : "Run");
    slowly.setAttribute("aria-pressed", String(slow.on));
  };
  show();
  board.listen(["playing"], show);
  slow.listen(show);
  const keys = [
    onKey(" ", "run or pause the game", run),
    onKey("d", "D makes one move", () => step("discriminator")),
    onKey("g", "G makes one move", () => step("generator")),
    onKey("s", "both make one move", () => step("both")),
    onKey("m", "slow motion", () => slow.turn()),
    onKey("n", "next phase of slow motion", () => slow.next()),
    onKey("b", "begin again from round 0", reset),
    onKey("r", "another seed", () => board.change({ seed: anySeed() })),
  ];
  const element = h("div", { class: "pg-toolbar card", role: "group", "aria-label": "The game" },
    h("div", { class: "row pg-moves" }, running,
      h("div", { class: "pg-joined", role: "group", "aria-label": "One move" },
        button("step-d", "The discriminator makes one move (d)", () => step("discriminator"), "Step D"),
        button("step-g", "The generator makes one move (g)", () => step("generator"), "Step G"),
        button("step-both", "D moves, then G (s)", () => step("both"), "Both")),
      slowly, button("reset", "Begin again from round 0, with the same seed (b)", reset, icon("undo"),
        h("span", { class: "pg-long" }, "Reset"))),
    h("div", { class: "row pg-sides" }, speedField(board), seedField(board), shareButton(link)));
  return { element, close: () => keys.forEach((takeBack) => takeBack()) };
}

/**
 * @param {string} testid
 * @param {string} title
 * @param {() => void} act
 * @param {...(Node | string)} children
 */
function button(testid, title, act, ...children) {
  return h("button", { type: "button", title, data: { testid }, on: { click: act } }, children);
}

/** @returns {number} a seed that is short enough to be read out */
function anySeed() {
  return Math.floor(10000 * Math.random());
}

/** @param {Board} board */
function speedField(board) {
  const output = h("output", { class: "pg-value", for: "pg-speed" });
  const input = h("input", { type: "range", id: "pg-speed", min: 0, max: SPEEDS.length - 1, step: 1,
    data: { testid: "speed" }, on: { input: () => board.hurry(SPEEDS[Number(input.value)]) } });
  const show = () => {
    input.value = String(SPEEDS.indexOf(board.speed));
    input.setAttribute("aria-valuetext", `${board.speed} times, ${8 * board.speed} rounds a second at most`);
    output.textContent = `×${board.speed}`;
  };
  show();
  board.listen(["playing"], show);
  return h("div", { class: "pg-inline" }, h("label", { for: "pg-speed" }, "Speed"), input, output);
}

/** @param {Board} board */
function seedField(board) {
  const input = h("input", { type: "number", id: "pg-seed", min: 0, max: 4294967295, step: 1, inputmode: "numeric",
    data: { testid: "seed" }, on: { change: () => {
      const seed = Number(input.value);
      const fits = input.value !== "" && Number.isInteger(seed) && seed >= 0 && seed <= 4294967295;
      input.setAttribute("aria-invalid", String(!fits));
      if (fits) {
        board.change({ seed });
      } else {
        board.complain(`The seed is "${input.value}"; it must be a whole number from 0 to 4294967295.`);
      }
    } } });
  const show = () => {
    input.value = String(board.settings.seed);
    input.removeAttribute("aria-invalid");
  };
  board.listen(["settings"], show);
  return h("div", { class: "pg-inline" },
    h("label", { for: "pg-seed", title: "The same seed and settings give the same run." }, "Seed"), input,
    h("button", { type: "button", class: "icon", title: "Another seed (r)", "aria-label": "Another seed",
      data: { testid: "new-seed" }, on: { click: () => board.change({ seed: anySeed() }) } }, icon("dice")));
}

/** @param {() => string} link */
function shareButton(link) {
  const share = button("share", "Copies a link with all settings and the seed; it plays the same run again",
    async () => {
      try {
        await navigator.clipboard.writeText(link());
        said("Link copied");
      } catch {
        // Some browsers and pages may not write to the clipboard; the address bar holds the same link.
        said("Copy it from the address bar");
      }
    });
  const rest = () => fill(share, icon("copy"), "Share link");
  const said = (/** @type {string} */ text) => {
    fill(share, icon("copy"), text);
    announce(text);
    setTimeout(rest, 2500);
  };
  rest();
  return share;
}
