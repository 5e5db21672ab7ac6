// @ts-check
import { LINE, fixed, hundredths } from "./lesson.js";

/** Largest mean difference between D and the best D there could be. */
const NEAR = 0.06;
/** Energy distance at which both curves nearly lie on each other. */
const CLOSE = 0.005;

/** @type {import("./lesson.js").Lesson} */
export const figure = {
  name: "figure",
  short: "First figure",
  title: "The first figure",
  sees: "The same game on a line, as the first paper drew it. The dotted curve says how common each number is among "
    + "the real samples, the solid one among the fakes. D's own curve, dashed, says how sure it is of “real”. From "
    + "the first two, the best D can be worked out: data / (data + fakes), dashed and dotted.",
  settings: { data: "gaussian1", latentSize: 1, generatorDepth: 1, penalties: { r1: 0.01 }, generatorRate: 0.002,
    discriminatorRate: 0.005, discriminatorSteps: 2, beta2: 0.99, players: "discriminator", seed: 1 },
  speed: 4,
  layers: LINE,
  steps: [{
    does: "Only D moves here. Press Run.",
    watch: "D's curve bends towards the best one: high where data are common, low where fakes are.",
    points: ["run"],
    reached: ({ frame }) => (frame.measures.doubt ?? 1) < NEAR,
    now: ({ frame }) => `D is off by ${hundredths(frame.measures.doubt ?? 1)} on average; wanted is less than `
      + `${hundredths(NEAR)}.`,
    found: "D has found the best answer by itself, from samples alone.",
  }, {
    does: "Set Who moves to both, and press Run.",
    watch: "The fakes' curve slides under the data's, and D's curve flattens out.",
    points: ["setting-players", "run"],
    reached: ({ frame, settings }) => settings.players === "both" && frame.measures.distance < CLOSE
      && (frame.measures.doubt ?? 1) < NEAR,
    now: ({ frame }) => `Fakes are ${fixed(frame.measures.distance, 3)} from the data (wanted: ${CLOSE}), and D is `
      + `off by ${hundredths(frame.measures.doubt ?? 1)} (wanted: ${hundredths(NEAR)}).`,
    found: "Both curves are nearly one, and the best that D can say is about ½ wherever there are samples.",
  }],
  because: "For any G, the best D is data / (data + fakes). Against that D, G loses least where both are equal, and "
    + "then D says ½. This holds for networks that can draw any curve and are always trained to the end; real ones "
    + "only come near it.",
  sources: [{ paper: "Goodfellow et al. 2014, Figure 1, Proposition 1, Theorem 1",
    address: "https://arxiv.org/abs/1406.2661" }],
};
