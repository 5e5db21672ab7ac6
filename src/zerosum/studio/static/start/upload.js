// @ts-check
/** Sends files to the studio, a few at a time, and goes on where one is refused. */

import { Refusal, send } from "../core/api.js";

/** @typedef {import("./drop.js").Given} Given */

/**
 * @typedef {object} Progress
 * @property {number} files that were sent or refused
 * @property {number} of files
 * @property {number} bytes that were sent or refused
 * @property {number} ofBytes
 */

/**
 * @typedef {object} Uploaded
 * @property {string | null} place id of what arrived; null where nothing did
 * @property {{path: string, sentence: string}[]} refused
 */

const AT_ONCE = 3; // of the six connections that a browser gives to a server, one of which hears events

/**
 * @param {Given[]} given
 * @param {(progress: Progress) => void} onProgress
 * @param {AbortSignal} signal ends it; what has arrived stays
 * @returns {Promise<Uploaded>}
 */
export async function upload(given, onProgress, signal) {
  const waiting = [...given];
  /** @type {Uploaded} */
  const result = { place: null, refused: [] };
  const ofBytes = given.reduce((sum, one) => sum + one.file.size, 0);
  const progress = { files: 0, of: given.length, bytes: 0, ofBytes };
  /** @type {string | null} */
  let id = null;
  const sendNext = async () => {
    const one = waiting.shift();
    if (!one || signal.aborted) {
      return;
    }
    try {
      const headers = { "X-File-Name": encodeURIComponent(one.path), ...(id === null ? {} : { "X-Upload": id }) };
      const answer = await send("/api/uploads", one.file, headers);
      id = answer.upload;
      result.place = answer.place;
    } catch (error) {
      if (!(error instanceof Refusal) || error.status === 0) {
        throw error;
      }
      result.refused.push({ path: one.path, sentence: error.message });
    }
    progress.files += 1;
    progress.bytes += one.file.size;
    onProgress({ ...progress });
  };
  const goOn = async () => {
    while (waiting.length && !signal.aborted) {
      await sendNext();
    }
  };
  onProgress({ ...progress });
  // One by one until the server has named the upload, then several together.
  while (id === null && waiting.length && !signal.aborted) {
    await sendNext();
  }
  await Promise.all(Array.from({ length: AT_ONCE }, goOn));
  return result;
}
