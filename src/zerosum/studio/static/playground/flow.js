// @ts-check
/** The game as a picture: latents through G, real and generated samples into D, and which way a move goes. */

import { fill, h } from "../core/dom.js";

/** @typedef {import("./board.js").Board} Board */
/** @typedef {import("./slow.js").SlowMotion} SlowMotion */
/** @typedef {"z" | "G" | "fake" | "D" | "real" | "toG" | "ofG" | "toD" | "toDReal"} Part */

/** @type {{[phase: string]: {lit: Part[], back?: Part[]}}} what is at work, and where gradients flow back */
const AT_WORK = {
  "discriminator draw": { lit: ["z", "toG", "G", "ofG", "fake", "real"] },
  "discriminator judge": { lit: ["fake", "toD", "D", "toDReal", "real"] },
  "discriminator learn": { lit: ["D"] },
  "generator draw": { lit: ["z", "toG", "G", "ofG", "fake"] },
  "generator judge": { lit: ["fake", "toD", "D"] },
  "generator blame": { lit: ["fake"], back: ["toD"] },
  "generator learn": { lit: ["G"], back: ["ofG"] },
};

/**
 * @param {Board} board
 * @param {SlowMotion} slow
 * @returns {HTMLElement}
 */
export function makeFlow(board, slow) {
  /** @type {{[part: string]: HTMLElement}} */
  const parts = {};
  const losses = { D: h("span", { class: "pg-loss small" }), G: h("span", { class: "pg-loss small" }) };
  const station = (/** @type {Part} */ part, /** @type {string} */ kind, /** @type {string | (Node | string)[]} */ name,
    /** @type {HTMLElement | null} */ below = null) => {
    parts[part] = h("span", { class: `pg-station pg-${kind}` }, h("strong", null, name), below);
    return parts[part];
  };
  const way = (/** @type {Part} */ part, /** @type {string} */ glyph) => {
    parts[part] = h("span", { class: "pg-way" }, glyph);
    return parts[part];
  };
  const element = h("div", { class: "pg-flow", "aria-hidden": "true" },
    station("z", "end", [h("span", { class: "pg-long" }, "latents "), "z"]), way("toG", "→"),
    station("G", "network", "G", losses.G), way("ofG", "→"), station("fake", "samples-fake", "◇ generated"),
    way("toD", "→"), station("D", "network", "D", losses.D), way("toDReal", "←"),
    station("real", "samples-real", "● real"));
  const show = () => {
    const { lit, back = [] } = slow.on ? AT_WORK[`${slow.player} ${slow.phase}`] : { lit: [] };
    for (const [name, part] of Object.entries(parts)) {
      part.classList.toggle("pg-lit", lit.includes(/** @type {Part} */ (name)));
      part.classList.toggle("pg-back", back.includes(/** @type {Part} */ (name)));
    }
    for (const [name, glyph] of [["ofG", "→"], ["toD", "→"]]) {
      fill(parts[name], back.includes(/** @type {Part} */ (name)) ? "⇠" : glyph);
    }
  };
  board.listen(["frame"], () => {
    const latest = (/** @type {"lossD" | "lossG"} */ key) =>
      board.entries.findLast((entry) => entry[key] !== null)?.[key];
    for (const [name, value] of /** @type {const} */ ([["D", latest("lossD")], ["G", latest("lossG")]])) {
      fill(losses[name], value === null || value === undefined ? "" : `loss ${value.toFixed(2)}`);
    }
  });
  slow.listen(show);
  show();
  return element;
}
