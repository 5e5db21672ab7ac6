// @ts-check
/** Numbers, times and states in words. */

/**
 * @param {number} seconds
 * @returns {string} as in "2 h 05 min"
 */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return minutes < 10 && whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  }
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/**
 * @param {number} value
 * @param {number} [digits] that count
 * @returns {string} as in "12,345", "0.0123" or "1.2e-9"
 */
export function number(value, digits = 3) {
  if (!Number.isFinite(value)) {
    return "not a number";
  }
  const size = Math.abs(value);
  if (Number.isInteger(value) || size >= 10 ** digits) {
    return Math.round(value).toLocaleString("en");
  }
  return size !== 0 && size < 1e-4 ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
}

/**
 * @param {number} bytes
 * @returns {string} as in "13.4 MB"
 */
export function bytes(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${number(bytes / 1000 ** power)} ${units[power]}`;
}

/**
 * @param {number} share from 0 to 1
 * @returns {string} as in "71 %"
 */
export function percent(share) {
  return `${number(100 * share, 2)} %`;
}

/**
 * An estimate, with no more digits than it can have.
 * @param {number} value
 * @returns {number} with two digits that count
 */
export function roughly(value) {
  return Number(value.toPrecision(2));
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 * @returns {string} as in "1 run" or "2 runs"
 */
export function counted(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}
