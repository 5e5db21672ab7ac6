// @ts-check
/** What single keys do. They do nothing while somebody types, or together with Ctrl, Alt or Meta. */

/** @type {Map<string, {what: string, act: (event: KeyboardEvent) => void}[]>} */
const keys = new Map();

/**
 * Lets a key do something; the newest meaning of a key holds until it is taken back.
 * @param {string} key as `KeyboardEvent.key` names it
 * @param {string} what it does, in a few words, for the list of keys
 * @param {(event: KeyboardEvent) => void} act
 * @returns {() => void} takes it back
 */
export function onKey(key, what, act) {
  const meaning = { what, act };
  keys.set(key, [...(keys.get(key) ?? []), meaning]);
  return () => {
    keys.set(key, (keys.get(key) ?? []).filter((other) => other !== meaning));
  };
}

/** @returns {[string, string][]} each key and what it does now */
export function meanings() {
  return [...keys].flatMap(([key, all]) => (all.length ? [[key, all[all.length - 1].what]] : []));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || takesKeys(event)) {
    return;
  }
  const known = keys.get(event.key);
  if (known?.length) {
    event.preventDefault();
    known[known.length - 1].act(event);
  }
});

/**
 * Whether what has the focus needs the key for itself.
 * @param {KeyboardEvent} event
 * @returns {boolean}
 */
function takesKeys(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (document.querySelector("dialog[open]") || target.isContentEditable) {
    return true;
  }
  if (target instanceof HTMLInputElement && !["range", "checkbox", "radio", "button"].includes(target.type)) {
    return true;
  }
  if (target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement) {
    return true;
  }
  // Space presses buttons and links; arrows move sliders, choices, and what has a role of its own.
  const pressed = target.closest("button, a, summary, input, [role=slider], [role=option], [role=tab], [role=application]");
  return pressed !== null && (event.key === " " || event.key.startsWith("Arrow"));
}
