// @ts-check

/**
 * The bytes that a text stands for.
 * @param {string} text Base64.
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function decoded(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) {
    bytes[i] = letters.charCodeAt(i);
  }
  return bytes;
}

/**
 * The float32 numbers that a text stands for.
 * @param {string} text Base64 of numbers whose lowest byte comes first.
 * @returns {Float32Array}
 */
export function numbers(text) {
  return new Float32Array(decoded(text).buffer);
}

/**
 * What was packed with gzip.
 * @param {string} text Base64.
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function unpacked(text) {
  const stream = new Blob([decoded(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
