// @ts-check
// Runs in a worker: the networks, in ONNX Runtime Web. It is sent packed programs and networks once, then inputs.
import { unpacked } from "./unpacking.js";

/** @typedef {{data: Float32Array, dims: readonly number[]}} Output */
/** @typedef {{outputNames: string[], run: (feeds: object) => Promise<{[name: string]: Output}>}} Session */
/**
 * The part of ONNX Runtime Web that is used here.
 * @typedef {object} Runtime
 * @property {{wasm: {[setting: string]: unknown}, logLevel: string}} env
 * @property {new (type: string, data: unknown, dims: number[]) => unknown} Tensor
 * @property {{create: (bytes: Uint8Array, options: object) => Promise<Session>}} InferenceSession
 */

/** @typedef {{type: "float32" | "int64", data: Float32Array | BigInt64Array, dims: number[]}} Feed */
/** @typedef {{[input: string]: Feed}} Feeds */
/** @typedef {{runtime: string, glue: string, wasm: string, networks: {[name: string]: string}}} Packed */
/** @typedef {{open: Packed} | {number: number, network: string, feeds: Feeds, pictured: boolean}} Request */

/** @type {Runtime} */
let runtime;
/** @type {Map<string, Session>} */
const sessions = new Map();

/**
 * Start the runtime and read the networks.
 * @param {Packed} packed Each gzipped, in base64.
 */
async function open(packed) {
  const script = new Blob([await unpacked(packed.runtime)], { type: "text/javascript" });
  /** @type {any} */ (globalThis).importScripts(URL.createObjectURL(script));
  runtime = /** @type {any} */ (globalThis).ort;
  const glue = new Blob([await unpacked(packed.glue)], { type: "text/javascript" });
  runtime.env.logLevel = "error";
  runtime.env.wasm.numThreads = 1; // a page from the disk may not share memory between threads
  runtime.env.wasm.wasmBinary = (await unpacked(packed.wasm)).buffer;
  runtime.env.wasm.wasmPaths = { mjs: URL.createObjectURL(glue) };
  for (const [name, network] of Object.entries(packed.networks)) {
    const session = await runtime.InferenceSession.create(await unpacked(network), { executionProviders: ["wasm"] });
    sessions.set(name, session);
  }
}

/**
 * Run a network.
 * @param {string} network
 * @param {Feeds} feeds
 * @returns {Promise<Output>}
 */
async function run(network, feeds) {
  const session = /** @type {Session} */ (sessions.get(network));
  const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
    name,
    new runtime.Tensor(type, data, dims),
  ]);
  const outputs = await session.run(Object.fromEntries(tensors));
  return outputs[session.outputNames[0]];
}

/**
 * Pictures in the model's range as a screen has them.
 * @param {Output} output Numbers on [-1, 1], (n, channels, height, width): grey, colour, or either with transparency.
 * @returns {Uint8ClampedArray<ArrayBuffer>} Bytes (n, height, width, 4).
 */
function pixels({ data, dims }) {
  const [count, channels, height, width] = dims;
  const area = height * width;
  const bytes = new Uint8ClampedArray(4 * count * area).fill(255);
  const planes = channels < 3 ? [0, 0, 0] : [0, 1, 2];
  if (channels % 2 === 0) {
    planes.push(channels - 1);
  }
  for (let picture = 0; picture < count; picture += 1) {
    for (const [place, plane] of planes.entries()) {
      const first = (picture * channels + plane) * area;
      const out = 4 * picture * area + place;
      for (let i = 0; i < area; i += 1) {
        bytes[out + 4 * i] = (data[first + i] + 1) * 127.5; // which is rounded, and cut off at 0 and 255
      }
    }
  }
  return bytes;
}

addEventListener("message", async (/** @type {MessageEvent<Request>} */ event) => {
  const request = event.data;
  const number = "open" in request ? 0 : request.number;
  try {
    if ("open" in request) {
      await open(request.open);
      postMessage({ number });
      return;
    }
    const started = performance.now();
    const output = await run(request.network, request.feeds);
    const milliseconds = performance.now() - started;
    const data = request.pictured ? pixels(output) : output.data;
    postMessage({ number, data, milliseconds }, { transfer: [data.buffer] });
  } catch (error) {
    postMessage({ number, error: String(error) });
  }
});
