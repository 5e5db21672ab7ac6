// @ts-check
import { PLANE, accuracy, hundredths } from "./lesson.js";
import { number } from "../../core/words.js";

/** @type {import("./lesson.js").Lesson} */
export const saturation = {
  name: "saturation",
  short: "D too sure",
  title: "When D is too sure",
  sees: "Eight clouds of real samples on a ring, and only D moves. The loss is minimax: G wants D to be wrong, and "
    + "its loss is exactly what D gains. The arrows show how hard that pulls at each fake.",
  settings: { data: "ring", loss: "minimax", penalties: {}, players: "discriminator", discriminatorRate: 0.005,
    seed: 1 },
  speed: 2,
  layers: PLANE,
  steps: [{
    does: "Press Run and let D practise alone.",
    watch: "D becomes sure of itself, and the arrows shrink to nothing.",
    points: ["run"],
    reached: ({ frame }) => accuracy(frame) > 0.99 && frame.measures.arrow < 0.01,
    now: ({ frame }) => `D tells ${hundredths(accuracy(frame))} right; the mean arrow is `
      + `${number(frame.measures.arrow, 2)}; wanted is less than 0.01.`,
    found: "A perfect D teaches nothing: where it says “fake, 100 %”, its answer is as flat in every direction.",
  }, {
    does: "Do not touch D. Only change Loss to non-saturating.",
    watch: "The arrows come back at once: the same D, the same fakes, another question.",
    points: ["setting-loss"],
    reached: ({ frame, settings }) => settings.loss === "non-saturating" && frame.measures.arrow > 0.5,
    now: ({ frame }) => `The mean arrow is ${number(frame.measures.arrow, 2)}; wanted is more than 0.5.`,
    found: "G now maximises log D(fake) instead of minimising log(1 − D(fake)): steep just where D is sure.",
  }, {
    does: "Set Who moves to both, and press Run.",
    watch: "The fakes go out to the clouds.",
    points: ["setting-players", "run"],
    reached: ({ frame, settings }) => settings.players === "both" && settings.loss === "non-saturating"
      && (frame.measures.modes ?? 0) >= 6,
    now: ({ frame }) => `${frame.measures.modes} of 8 clouds are found; wanted are 6.`,
    found: "G could learn even from a D that was far ahead.",
  }],
  because: "Both losses want the same, but not as strongly everywhere. Minimax is steep where D is fooled already "
    + "and flat where D is sure, so it saturates. The non-saturating loss is the other way round, which is why "
    + "nearly everybody uses it.",
  sources: [{ paper: "Goodfellow et al. 2014, Section 3", address: "https://arxiv.org/abs/1406.2661" },
    { paper: "Arjovsky and Bottou 2017, Theorem 2.4", address: "https://arxiv.org/abs/1701.04862" }],
};
