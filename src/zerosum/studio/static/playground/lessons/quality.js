// @ts-check
import { PLANE, fixed, generatorLoss } from "./lesson.js";

/** @typedef {import("./lesson.js").View} View */

/** @param {View} view @returns {string} */
function both({ frame, entries }) {
  const loss = generatorLoss(entries);
  return `${loss === null ? "G has not moved yet" : `G's loss is ${fixed(loss)}`}; fakes are `
    + `${fixed(frame.measures.distance)} from the real samples.`;
}

/** @type {import("./lesson.js").Lesson} */
export const quality = {
  name: "quality",
  short: "Loss",
  title: "Loss is not quality",
  sees: "In most of machine learning a falling loss is good news. Here is a game that goes well; keep an eye on the "
    + "number that G makes smaller.",
  settings: { data: "ring", penalties: { r1: 0.03 }, seed: 1 },
  speed: 8,
  layers: PLANE,
  steps: [{
    does: "Press Run until the fakes are good.",
    watch: "G's loss hardly moves, and yet the fakes get far better.",
    points: ["run"],
    reached: ({ frame }) => frame.measures.distance < 0.03,
    now: (view) => `${both(view)} Wanted is a distance of less than 0.03.`,
    found: "The fakes are good, and G's loss is about 0.7, where it began.",
  }, {
    does: "Now stop D: set Who moves to only G, and press Run.",
    watch: "G's loss falls and falls. And the fakes?",
    points: ["setting-players", "run"],
    reached: ({ frame, entries, settings, start }) => settings.players === "generator"
      && frame.measures.distance > 5 * start.frame.measures.distance && frame.measures.distance > 0.15
      && (generatorLoss(entries) ?? 1) < (start.loss ?? 0) - 0.03,
    now: (view) => `${both(view)} It began at ${fixed(view.start.loss ?? 0)} and `
      + `${fixed(view.start.frame.measures.distance)}.`,
    found: "The loss is better than ever, and the fakes are worse: all run to where this old D says “real”.",
  }, {
    does: "Let D back in: set Who moves to both, and press Run.",
    watch: "G's loss goes up again while the fakes get better.",
    points: ["setting-players", "run"],
    reached: ({ frame, entries, settings, start }) => settings.players === "both" && frame.measures.distance < 0.05
      && (generatorLoss(entries) ?? 0) > (start.loss ?? 0),
    now: (view) => `${both(view)} Wanted is a distance of less than 0.05.`,
    found: "A worse loss, and better fakes.",
  }],
  because: "A GAN's loss is a score in a match: it depends on the opponent. G's loss says how well it fools this D "
    + "today, not how good its samples are. So look at samples, and measure them with something that does not play, "
    + "such as a distance between samples and data.",
  sources: [{ paper: "Arjovsky et al. 2017, Section 4.2 (a loss that means something)",
    address: "https://arxiv.org/abs/1701.07875" },
  { paper: "Lucic et al. 2018 (GANs measured side by side)", address: "https://arxiv.org/abs/1711.10337" }],
};
