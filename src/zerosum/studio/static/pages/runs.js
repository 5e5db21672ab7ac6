// @ts-check
/** Runs: all of them in a table, or up to four side by side. */

import { openComparison } from "../runs/compare.js";
import { openList } from "../runs/list.js";

/**
 * @param {HTMLElement} root
 * @param {import("../core/address.js").Address} address
 * @returns {Promise<() => void>}
 */
export async function open(root, address) {
  const compared = (address.query.get("compare") ?? "").split(",").filter(Boolean);
  return compared.length > 1 ? openComparison(root, compared) : openList(root, address.query);
}
