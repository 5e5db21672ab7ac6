// @ts-check
/** Requests to the studio's own server. */

/** What the server would not do, with its sentence. */
export class Refusal extends Error {
  /**
   * @param {number} status of HTTP; 0 where there was no answer
   * @param {string} sentence
   */
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the answer's JSON
 */
export async function get(path, signal) {
  return (await answer(path, { signal })).json();
}

/**
 * A picture or another file.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 */
export async function fetchBlob(path, signal) {
  return (await answer(path, { signal })).blob();
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>} the answer's JSON
 */
export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return (await answer(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

/**
 * Sends JSON, and gets a file.
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<Blob>}
 */
export async function postForBlob(path, body) {
  const headers = { "Content-Type": "application/json" };
  return (await answer(path, { method: "POST", headers, body: JSON.stringify(body) })).blob();
}

/**
 * Sends a file as it is.
 * @param {string} path
 * @param {Blob} file
 * @param {{[name: string]: string}} headers
 * @returns {Promise<any>} the answer's JSON
 */
export async function send(path, file, headers) {
  const all = { "Content-Type": "application/octet-stream", ...headers };
  return (await answer(path, { method: "POST", headers: all, body: file })).json();
}

/**
 * What all of these stand on, for whoever needs an answer's headers too.
 * @param {string} path
 * @param {RequestInit} request
 * @returns {Promise<Response>} one that is well; a `Refusal` is thrown otherwise
 */
export async function answer(path, request) {
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") {
      throw error;
    }
    throw new Refusal(0, "The studio does not answer. It may have been stopped: start `zerosum studio` again.");
  }
  if (!response.ok) {
    throw new Refusal(response.status, await sentence(response));
  }
  return response;
}

/**
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function sentence(response) {
  try {
    return (await response.json()).error;
  } catch {
    return `The studio answered with ${response.status} ${response.statusText}.`;
  }
}
