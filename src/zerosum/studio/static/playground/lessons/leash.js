// @ts-check
import { PLANE, fixed } from "./lesson.js";

/** @type {import("./lesson.js").Lesson} */
export const leash = {
  name: "leash",
  short: "A leash",
  title: "A critic on a leash",
  sees: "With the Wasserstein loss, D is a critic: it gives any number of points instead of a probability, and wants "
    + "real samples to get more than fakes, by as wide a gap as it can. Only D moves.",
  settings: { data: "ring", loss: "wasserstein", batch: 64, penalties: {}, players: "discriminator", beta1: 0,
    discriminatorSteps: 5, seed: 1 },
  speed: 2,
  layers: PLANE,
  steps: [{
    does: "Press Run and let the critic widen the gap.",
    watch: "The gap grows faster and faster, though it learns nothing new.",
    points: ["run"],
    reached: ({ frame }) => frame.measures.gap > 20,
    now: ({ frame }) => `Real samples get ${fixed(frame.measures.gap, 1)} more than fakes; wanted are 20.`,
    found: "Twice the points are twice the gap, so there is no end to it. Such a number says nothing.",
  }, {
    does: "Put the critic on a leash: set the gradient penalty to 1, and press Run.",
    watch: "The penalty asks for a slope of 1 between real samples and fakes; the gap falls to what that allows.",
    points: ["penalty-gradient-penalty", "run"],
    reached: ({ frame, settings }) => (settings.penalties["gradient-penalty"] ?? 0) > 0 && frame.measures.gap < 3,
    now: ({ frame }) => `The gap is ${fixed(frame.measures.gap, 1)}; wanted is less than 3.`,
    found: "With its slope held near 1, the gap means something: about how far the fakes have to be carried.",
  }, {
    does: "Set Who moves to both, and press Run.",
    watch: "The arrows have about the same length everywhere: this critic never saturates.",
    points: ["setting-players", "run"],
    reached: ({ frame, settings }) => settings.players === "both" && frame.measures.modes === 8
      && frame.measures.distance < 0.06,
    now: ({ frame }) => `${frame.measures.modes} of 8 clouds are found, and fakes are `
      + `${fixed(frame.measures.distance)} from the real samples; wanted are 8, and 0.06.`,
    found: "All eight clouds.",
  }],
  because: "The Wasserstein distance is the least work to carry one heap of sand into the shape of another. A critic "
    + "can measure it, but only among those of slope 1 at most (“1-Lipschitz”). The first paper clipped D's weights "
    + "(Weight limit), which also makes D simpler than it need be; the penalty on its slope came two months later.",
  sources: [{ paper: "Arjovsky et al. 2017 (Wasserstein GAN)", address: "https://arxiv.org/abs/1701.07875" },
    { paper: "Gulrajani et al. 2017 (gradient penalty)", address: "https://arxiv.org/abs/1704.00028" }],
};
