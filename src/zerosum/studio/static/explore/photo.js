// @ts-check
/** A picture of one's own: cut to the model's shape here, then searched for among what the model can make. */

import { get, post } from "../core/api.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/icons.js";
import { cropper } from "./cropper.js";

/** @typedef {import("./kit.js").Kit} Kit */

const OFTEN = 250; // milliseconds between two looks at how far the search is

/**
 * @param {Kit} kit
 * @returns {import("./kit.js").Part}
 */
export function makePhoto(kit) {
  const { model, client, scene, say } = kit;
  const crop = cropper(model);
  const file = h("input", { type: "file", accept: "image/*", class: "unseen", id: "photo-file",
    data: { testid: "photo-file" },
    on: { change: () => file.files?.[0] && take(file.files[0]) } });
  const drop = h("label", { class: "photo-drop", for: "photo-file", data: { testid: "photo-drop" }, on: {
    dragover: (/** @type {DragEvent} */ event) => event.preventDefault(),
    drop: (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      const dropped = event.dataTransfer?.files[0];
      if (dropped) {
        take(dropped);
      }
    },
  } }, icon("camera"), h("span", null, "Drop a picture here, or choose one"));
  const begin = h("button", { class: "primary", disabled: true, data: { testid: "project" },
    on: { click: () => search() } },
    "Find its latent");
  const cancel = h("button", { hidden: true, data: { testid: "project-cancel" } }, "Cancel");
  const progress = h("progress", { max: 1, value: 0, hidden: true, "aria-label": "How far the search is" });
  const words = h("p", { class: "soft small", role: "status" });
  const strip = h("div", { class: "photo-found", hidden: true });
  const kept = h("div", { class: "picks", role: "group", "aria-label": "Kept latents" });
  const element = h("div", { class: "stack" }, h("p", { class: "soft small" },
    "The picture does not leave this machine. What is found can be moved, mixed and computed with like any sample."),
  h("div", { class: "photo" }, h("div", { class: "stack close-stack" }, file, drop, crop.element),
    h("div", { class: "stack close-stack" }, h("div", { class: "row" }, begin, cancel), progress, words, strip)),
  h("h3", null, "Kept"), kept);

  let name = "picture";
  const take = async (/** @type {File} */ chosen) => {
    try {
      await crop.load(chosen);
      name = chosen.name;
      begin.disabled = false;
      words.textContent = "Drag and zoom until it looks like the training pictures.";
      kit.well();
    } catch {
      kit.fail(new Error(`${chosen.name} cannot be read as a picture by this browser.`));
    }
  };
  const search = async () => {
    const { space, condition } = scene.state;
    begin.disabled = true;
    try {
      const { job } = await client.ask("invert", { picture: await crop.base64(), name, space,
        ...(condition === null ? {} : { condition }) });
      await follow(`${client.base}/invert/${job}`);
    } catch (error) {
      kit.fail(/** @type {Error} */ (error));
    }
    begin.disabled = false;
    cancel.hidden = progress.hidden = true;
  };
  const follow = async (/** @type {string} */ job) => {
    cancel.hidden = progress.hidden = false;
    cancel.onclick = () => post(`${job}/cancel`).catch(kit.fail);
    while (!kit.left.aborted) {
      const report = await get(job);
      progress.max = report.total;
      progress.value = report.done;
      words.textContent = report.done ? `${report.what}: ${report.done} of ${report.total}` : `${report.what} …`;
      if (report.error) {
        words.textContent = report.error;
        return;
      }
      if (report.finished) {
        await found(report, job);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, OFTEN));
    }
  };
  const found = async (/** @type {any} */ report, /** @type {string} */ job) => {
    kit.keep([...new Set([...model.kept, report.kept])].sort());
    const picture = await createImageBitmap(await (await fetch(`${job}.png`)).blob());
    showStrip(strip, picture, model);
    words.textContent = `Found, ${report.facts.error.toFixed(1)} of 255 levels away (the nearest sample is ${
      report.facts["start-error"].toFixed(1)} away). It is kept as @${report.kept}.`;
    scene.set({ seed: `@${report.kept}` });
    say(words.textContent);
    kit.well();
  };
  return {
    element,
    show: (state) => {
      const names = model.kept.map((one) => `@${one}`);
      fill(kept, names.map((one) => h("button", { class: "pick", "aria-pressed": String(state.seed === one),
        data: { testid: `kept-${one.slice(1)}` }, on: { click: () => scene.set({ seed: one }) } }, one)),
      !names.length && h("span", { class: "soft small" }, "Nothing yet."));
    },
  };
}

/**
 * @param {HTMLElement} strip
 * @param {ImageBitmap} picture three side by side
 * @param {import("./state.js").Model} model
 */
function showStrip(strip, picture, { shape: [height, width] }) {
  const words = ["Yours", "Nearest sample", "Found"];
  strip.hidden = false;
  fill(strip, words.map((word, index) => {
    const canvas = h("canvas", { class: "sample-tile pixels", width, height, role: "img", "aria-label": word });
    canvas.getContext("2d")?.drawImage(picture, -index * width, 0);
    return h("figure", null, canvas, h("figcaption", { class: "soft small" }, word));
  }));
  picture.close();
}
