// @ts-check
/** Light or dark: as the system has it until somebody chooses. */

const KEY = "zerosum.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** @returns {"light" | "dark"} */
export function theme() {
  const chosen = localStorage.getItem(KEY);
  return chosen === "dark" || chosen === "light" ? chosen : dark.matches ? "dark" : "light";
}

/** Shows the theme, now and whenever the system's changes; pages that draw hear "theme" on the document. */
export function showTheme() {
  document.documentElement.dataset.theme = theme();
  document.dispatchEvent(new Event("theme"));
}

/** Turns light into dark, or dark into light. */
export function turnTheme() {
  localStorage.setItem(KEY, theme() === "dark" ? "light" : "dark");
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
