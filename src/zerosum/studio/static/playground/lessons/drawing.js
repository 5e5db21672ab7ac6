// @ts-check
import { PLANE, fixed } from "./lesson.js";

const MANY = 30;
const NEAR = 0.02;

/** @typedef {import("./lesson.js").Settings} Settings */

/** @param {Settings} settings @returns {number} how many points are a person's own */
function drawn({ data, points }) {
  return data === "points2" ? points.length / 2 : data === "points1" ? points.length : 0;
}

/** @type {import("./lesson.js").Lesson} */
export const drawing = {
  name: "drawing",
  short: "Your data",
  title: "Your own data",
  sees: "Now you make the data: a letter, a face, two islands. G gets nothing but random pairs of numbers, and has "
    + "to bend that cloud into your shape.",
  settings: { data: "gaussian", penalties: { r1: 0.1 }, generatorRate: 0.002, discriminatorRate: 0.005, beta2: 0.99,
    seed: 1 },
  speed: 16,
  layers: ["real", "fake", "manifold"],
  steps: [{
    does: "Press Draw points and draw on the stage, or type points below it.",
    watch: "At least 30 points; lines and separate patches are both fine.",
    points: ["draw"],
    reached: ({ settings }) => drawn(settings) >= MANY,
    now: ({ settings }) => `${drawn(settings)} points are yours; wanted are ${MANY}.`,
    found: "That is a data set.",
  }, {
    does: "Press Run.",
    watch: "The grid is G's sheet of random numbers, stretched over your shape. It can be bent, but never torn.",
    points: ["run"],
    reached: ({ frame, settings, start }) => drawn(settings) >= MANY && frame.round > start.frame.round
      && frame.measures.distance < NEAR,
    now: ({ frame }) => `Fakes are ${fixed(frame.measures.distance, 3)} from your points; wanted is less than ${NEAR}.`,
    found: "G draws your shape, in as many points as you like.",
  }],
  because: "A network without jumps turns a cloud in one piece into a shape in one piece. So separate islands stay "
    + "joined by thin bridges of fakes that belong to none. Look for them on the grid. A steeper G makes them "
    + "thinner; none makes them vanish.",
  sources: [{ paper: "Khayatkhoei et al. 2018 (disconnected data)", address: "https://arxiv.org/abs/1806.00880" },
    { paper: "Tanielian et al. 2020 (bridges)", address: "https://arxiv.org/abs/2006.04596" }],
};
