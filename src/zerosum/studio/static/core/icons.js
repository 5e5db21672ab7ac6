// @ts-check
/** Small drawings, 24 units wide, in lines of the text's colour. */

import { h } from "./dom.js";

const PATHS = {
  start: "M12 5v14M5 12h14",
  train: "M3 17l5-6 4 3 5-7 4 4M3 21h18",
  explore: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM15.5 8.5l-2 5-5 2 2-5Z",
  playground: "M7 4v6M4 7h6M17 14a3 3 0 1 0 .01 0M14 4h6v6h-6ZM4 20l3-6 3 6Z",
  runs: "M4 6h16M4 12h16M4 18h10",
  health: "M3 12h4l2-6 4 12 2-6h6",
  export: "M12 15V4M8 8l4-4 4 4M4 15v5h16v-5",
  play: "M7 4.5v15l12-7.5Z",
  pause: "M8 5v14M16 5v14",
  stop: "M6 6h12v12H6Z",
  camera: "M4 8h3l2-3h6l2 3h3v11H4ZM12 10a3.5 3.5 0 1 0 .01 0",
  undo: "M9 14 4 9l5-5M4 9h11a5.5 5.5 0 0 1 0 11h-4",
  redo: "M15 14l5-5-5-5M20 9H9a5.5 5.5 0 0 0 0 11h4",
  dice: "M5 5h14v14H5ZM9 9h.01M15 15h.01M12 12h.01",
  copy: "M9 9h11v11H9ZM5 15H4V4h11v1",
  download: "M12 4v11M8 11l4 4 4-4M4 20h16",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  sun: "M12 8a4 4 0 1 0 .01 0M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M19 5l-1.5 1.5M6.500 17.500 5 19",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10Z",
  help: "M9 9a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 18h.01",
  close: "M6 6l12 12M18 6 6 18",
  folder: "M3 6h6l2 2h10v11H3Z",
  file: "M6 3h8l4 4v14H6ZM14 3v4h4",
  pin: "M9 4h6l-1 6 3 3H7l3-3ZM12 13v7",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  check: "M5 12l5 5 9-11",
  left: "M14 6l-6 6 6 6",
  right: "M10 6l6 6-6 6",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8Z",
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * @param {IconName} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const line = { fill: "none", stroke: "currentColor", "stroke-width": 1.8 };
  const round = { "stroke-linecap": "round", "stroke-linejoin": "round" };
  return h("svg", { viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", ...line, ...round },
    h("path", { d: PATHS[name] }));
}
