// @ts-check
import { PLANE, accuracy, fixed, hundredths } from "./lesson.js";

/** Energy distance at which the two clouds look alike. */
const NEAR = 0.03;

/** @type {import("./lesson.js").Lesson} */
export const players = {
  name: "players",
  short: "Two players",
  title: "Two players",
  sees: "Circles are real samples. Diamonds are fakes: the generator, G, makes each from random numbers. The "
    + "discriminator, D, says how real any place looks: the map is green where it says “real”, orange where it says "
    + "“fake”. Nobody has learnt yet.",
  settings: { data: "gaussian", batch: 64, generatorRate: 0.01, discriminatorRate: 0.02, seed: 3 },
  speed: 1,
  layers: PLANE,
  steps: [{
    does: "Press Step D until D tells at least 90 % of the samples right.",
    watch: "The map turns green around the circles and orange around the diamonds.",
    points: ["step-d"],
    reached: ({ frame }) => accuracy(frame) >= 0.9,
    now: ({ frame }) => `D tells ${hundredths(accuracy(frame))} right; wanted are 90 %.`,
    found: "D can tell them apart, so its map has a slope, and the slope makes arrows.",
  }, {
    does: "Now press Step G a few times.",
    watch: "Every diamond goes along its arrow, uphill on D's map, to where D says “real”.",
    points: ["step-g"],
    reached: ({ frame, start }) => frame.moves.generator > start.frame.moves.generator
      && frame.measures.distance <= 0.7 * start.frame.measures.distance,
    now: ({ frame, start }) => `Fakes are ${fixed(frame.measures.distance)} from the real samples; wanted is `
      + `${fixed(0.7 * start.frame.measures.distance)}.`,
    found: "G never saw a real sample: all that it knows is D's slope.",
  }, {
    does: "Press Run and let both move in turn.",
    watch: "D redraws its map as the diamonds come; the arrows turn and shrink.",
    points: ["run"],
    reached: ({ frame }) => frame.measures.distance < NEAR && Math.abs(accuracy(frame) - 0.5) < 0.1,
    now: ({ frame }) => `Fakes are ${fixed(frame.measures.distance)} from the real samples; wanted is less than `
      + `${NEAR}. D tells ${hundredths(accuracy(frame))} right.`,
    found: "The diamonds lie where the circles are, and D cannot tell them any more.",
  }],
  because: "That is the whole game. D learns to tell real from fake; G learns to be taken for real. What one wins "
    + "the other loses, and if both play well, the fakes end up spread as the real samples are.",
  sources: [{ paper: "Goodfellow et al. 2014 (the first GAN)", address: "https://arxiv.org/abs/1406.2661" }],
};
