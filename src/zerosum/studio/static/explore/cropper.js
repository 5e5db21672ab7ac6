// @ts-check
/** A picture behind a window of the model's shape: dragged, zoomed, and cut out as it is seen. */

import { h } from "../core/dom.js";

const LONGEST = 384; // pixels of what is sent; the model's own pictures are smaller, or hardly larger
const MOST_BYTES = 500_000; // of a PNG; what is larger is sent as JPEG
const MOST_ZOOM = 5;
const STEP = 0.05; // of the window, that an arrow key moves it

/**
 * @param {import("./state.js").Model} model
 */
export function cropper({ shape: [height, width] }) {
  const scale = LONGEST / Math.max(width, height);
  const canvas = h("canvas", { width: Math.round(width * scale), height: Math.round(height * scale), tabindex: "0",
    role: "img", "aria-label": "The part of the picture that is used; arrow keys move it", data: { testid: "crop" } });
  const zoom = h("input", { type: "range", min: "1", max: String(MOST_ZOOM), step: "0.01", value: "1",
    "aria-label": "Zoom", data: { testid: "crop-zoom" }, on: { input: () => draw() } });
  const element = h("div", { class: "stack close-stack crop", hidden: true }, canvas, zoom);
  /** @type {ImageBitmap | null} */
  let picture = null;
  let [x, y] = [0.5, 0.5]; // the middle of the window, as shares of the picture

  const reach = () => {
    const { width: wide, height: tall } = /** @type {ImageBitmap} */ (picture);
    const factor = Math.min(wide / canvas.width, tall / canvas.height) / Number(zoom.value);
    return [canvas.width * factor, canvas.height * factor];
  };
  const draw = () => {
    if (!picture) {
      return;
    }
    const [wide, tall] = reach();
    const room = [wide / 2 / picture.width, tall / 2 / picture.height];
    x = Math.min(1 - room[0], Math.max(room[0], x));
    y = Math.min(1 - room[1], Math.max(room[1], y));
    const context = canvas.getContext("2d");
    if (context) {
      context.imageSmoothingQuality = "high";
      context.fillStyle = "white"; // as training reads what is transparent
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(picture, x * picture.width - wide / 2, y * picture.height - tall / 2, wide, tall, 0, 0,
        canvas.width,
        canvas.height);
    }
  };
  const shift = (/** @type {number} */ across, /** @type {number} */ down) => {
    if (picture) {
      const [wide, tall] = reach();
      x += (across * wide) / picture.width;
      y += (down * tall) / picture.height;
      draw();
    }
  };
  canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) {
      shift(-event.movementX / canvas.clientWidth, -event.movementY / canvas.clientHeight);
    }
  });
  canvas.addEventListener("keydown", (event) => {
    /** @type {{[key: string]: [number, number]}} */
    const ways = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    if (event.key in ways) {
      event.preventDefault();
      shift(...ways[event.key]);
    }
  });
  return {
    element,
    /** @param {Blob} file */
    load: async (file) => {
      const read = await createImageBitmap(file);
      picture?.close();
      picture = read;
      [x, y] = [0.5, 0.5];
      zoom.value = "1";
      element.hidden = false;
      draw();
    },
    /** @returns {Promise<string>} what is seen, as a file in base 64 */
    base64: async () => {
      const png = await blobOf(canvas, "image/png");
      const blob = png.size <= MOST_BYTES ? png : await blobOf(canvas, "image/jpeg");
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} type
 * @returns {Promise<Blob>}
 */
function blobOf(canvas, type) {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob)
    : reject(new Error("The picture cannot be cut."))), type, 0.95));
}
