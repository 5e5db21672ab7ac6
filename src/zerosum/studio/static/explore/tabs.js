// @ts-check
/** The ways to choose a latent, one at a time; only the one that is seen asks for pictures. */

import { h } from "../core/dom.js";

/** @typedef {import("./kit.js").Kit} Kit */
/** @typedef {import("./state.js").State} State */
/** @typedef {{name: State["tab"], title: string, part: import("./kit.js").Part}} Tab */

/**
 * @param {Kit} kit
 * @param {Tab[]} tabs
 * @returns {import("./kit.js").Part}
 */
export function makeTabs({ scene, model }, tabs) {
  const buttons = tabs.map(({ name, title }) => h("button",
    { role: "tab", id: `tab-${name}`, "aria-controls": `panel-${name}`,
    data: { testid: `tab-${name}` }, on: { click: () => scene.set({ tab: name }) } }, title));
  const panels = tabs.map(({ name, part }) => h("div", { role: "tabpanel", id: `panel-${name}`,
    "aria-labelledby": `tab-${name}` }, part.element));
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": "How the picture is chosen", on: {
    keydown: (/** @type {KeyboardEvent} */ event) => {
      const seen = buttons.filter((button) => !button.hidden);
      const index = seen.indexOf(/** @type {any} */ (document.activeElement));
      /** @type {{[key: string]: number}} */
      const ways = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: seen.length - 1 };
      if (event.key in ways) {
        event.preventDefault();
        const next = seen[(ways[event.key] + seen.length) % seen.length];
        next.focus();
        next.click();
      }
    },
  } }, buttons);
  return {
    element: h("section", { class: "card stack", "aria-label": "Place" }, list, panels),
    show: (state, settled) => tabs.forEach(({ name, part }, index) => {
      const open = name === state.tab;
      buttons[index].setAttribute("aria-selected", String(open));
      buttons[index].setAttribute("tabindex", open ? "0" : "-1");
      buttons[index].hidden = name === "mix" && (model.layers[state.space] ?? 1) < 2;
      panels[index].hidden = !open;
      if (open) {
        part.show(state, settled);
      }
    }),
  };
}
