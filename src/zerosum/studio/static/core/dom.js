// @ts-check
/** Elements made of data: text is always text, never markup. */

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {{[event: string]: (event: any) => void}} Listeners */
/** @typedef {{[name: string]: unknown} & {class?: string, on?: Listeners, data?: {[name: string]: string | number}}} Attributes */

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "circle", "rect", "line", "polyline", "polygon", "g", "text", "title", "defs",
  "clipPath", "ellipse"]);
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "indeterminate", "srcObject", "muted"]);

/**
 * An element. `null`, `undefined` and `false` among attributes and children are left out, and `true` is an attribute
 * without a value.
 * @template {string} T
 * @param {T} tag
 * @param {Attributes | null} [attributes] attributes, with `on` for listeners and `data` for data-* attributes
 * @param {...(Child | Child[])} children
 * @returns {T extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[T] :
 *   T extends keyof SVGElementTagNameMap ? SVGElementTagNameMap[T] : HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const element = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  // Children first: a select takes its value only once it has the option.
  add(element, ...children);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    set(element, name, value);
  }
  return /** @type {any} */ (element);
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} value
 */
function set(element, name, value) {
  if (name === "on") {
    for (const [event, listener] of Object.entries(/** @type {Listeners} */ (value))) {
      element.addEventListener(event, listener);
    }
  } else if (name === "data") {
    for (const [key, text] of Object.entries(/** @type {object} */ (value))) {
      /** @type {HTMLElement} */ (element).dataset[key] = String(text);
    }
  } else if (PROPERTIES.has(name) && !(element instanceof SVGElement)) {
    /** @type {any} */ (element)[name] = value ?? (name === "value" ? "" : false);
  } else if (value !== null && value !== undefined && value !== false) {
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * Adds children, of which lists are opened.
 * @param {Element} parent
 * @param {...(Child | Child[])} children
 */
export function add(parent, ...children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) {
      parent.append(child instanceof Node ? child : String(child));
    }
  }
}

/**
 * Gives an element other children.
 * @template {Element} E
 * @param {E} parent
 * @param {...(Child | Child[])} children
 * @returns {E}
 */
export function fill(parent, ...children) {
  parent.replaceChildren();
  add(parent, ...children);
  return parent;
}

const QUIET = 10_000; // milliseconds between two announcements, so that a screen reader can be used beside them
let announced = -Infinity;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/**
 * Says something to who cannot see it, at most once in ten seconds; of what came meanwhile, the newest.
 * @param {string} text
 */
export function announce(text) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    announced = performance.now();
    say("polite", text);
  }, Math.max(0, announced + QUIET - performance.now()));
}

/**
 * Says at once what must not be missed.
 * @param {string} text
 */
export function alarm(text) {
  say("urgent", text);
}

/**
 * @param {string} id
 * @param {string} text
 */
function say(id, text) {
  const region = document.getElementById(id);
  if (region) {
    region.textContent = text;
  }
}
