// @ts-check
/** Light or dark: as the system has it until somebody chooses. */

const KEY = "zerosum.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** What was chosen last. */
let chosen = remembered();

/** @returns {string | null} what the browser remembers; nothing where it may not, as on some pages from the disk */
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @returns {"light" | "dark"} */
export function theme() {
  return chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
}

/** Shows the theme, now and whenever the system's changes; pages that draw hear "theme" on the document. */
export function showTheme() {
  document.documentElement.dataset.theme = theme();
  document.dispatchEvent(new Event("theme"));
}

/** Turns light into dark, or dark into light. */
export function turnTheme() {
  chosen = theme() === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // It holds until the page is left.
  }
  showTheme();
}

dark.addEventListener("change", showTheme);

/**
 * A colour, or another token, as it is now.
 * @param {string} name without its dashes
 * @returns {string}
 */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
