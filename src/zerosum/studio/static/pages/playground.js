// @ts-check
/** Playground: learning about the game by playing it. It asks nothing of the server; see playground/page.js. */

import { rememberQuery } from "../core/address.js";
import { openPlayground } from "../playground/page.js";

/**
 * @param {HTMLElement} root
 * @param {import("../core/address.js").Address} address
 * @returns {Promise<() => void>} leaves the page
 */
export async function open(root, address) {
  const { ready, close } = openPlayground(root, {
    makeWorker: () => new Worker(new URL("../playground/engine/worker.js", import.meta.url), { type: "module" }),
    query: address.query,
    remember: rememberQuery,
    link: () => location.href,
  });
  await ready;
  return close;
}
