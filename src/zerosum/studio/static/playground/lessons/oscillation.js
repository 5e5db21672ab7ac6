// @ts-check
import { fixed } from "./lesson.js";

/** @typedef {import("./lesson.js").Entry} Entry */

/** Where the one real point lies. */
const PLACE = [0.8, 0.4];
const NEAR = 0.12;
/** Rounds that the fakes must stay. */
const LASTING = 60;
const SWINGS = 4;

/** @param {number[]} center @returns {number} how far the middle of the fakes is from the real point */
function away(center) {
  return Math.hypot(center[0] - PLACE[0], center[1] - PLACE[1]);
}

/** @param {Entry[]} entries @returns {number} how often the fakes have passed the real point, left or right */
function swings(entries) {
  let passed = 0;
  for (let i = 1; i < entries.length; i++) {
    passed += entries[i - 1].center[0] < PLACE[0] !== entries[i].center[0] < PLACE[0] ? 1 : 0;
  }
  return passed;
}

/** @type {import("./lesson.js").Lesson} */
export const oscillation = {
  name: "oscillation",
  short: "Circles",
  title: "Going in circles",
  sees: "The simplest game there is: one real point, a G that can only shift and stretch its cloud, and a D that is "
    + "one straight slope. The line is the way of the cloud's middle.",
  settings: { data: "points2", points: PLACE, loss: "wasserstein", penalties: {}, generatorDepth: 0,
    discriminatorDepth: 0, optimizer: "descent", generatorRate: 0.05, discriminatorRate: 0.05, batch: 64, seed: 1 },
  speed: 8,
  layers: ["heat", "real", "fake", "trail"],
  steps: [{
    does: "Press Run, and wait until the cloud has passed the real point four times.",
    watch: "It arrives, overshoots, turns round, and overshoots again.",
    points: ["run"],
    reached: ({ entries }) => swings(entries) >= SWINGS,
    now: ({ frame, entries }) => `Passed ${swings(entries)} times; wanted are ${SWINGS}. The middle is `
      + `${fixed(away(frame.measures.center))} away.`,
    found: "When the cloud arrives, D's slope is still steep; by the time D has turned, the cloud is past it.",
  }, {
    does: "Set R1 to 1, and press Run.",
    watch: "The circles become a spiral that ends at the point.",
    points: ["penalty-r1", "run"],
    reached: ({ frame, entries, settings }) => (settings.penalties.r1 ?? 0) > 0
      && entries.filter(({ round }) => round >= frame.round - LASTING).every(({ center }) => away(center) < NEAR)
      && away(frame.measures.center) < NEAR,
    now: ({ frame }) => `The middle is ${fixed(away(frame.measures.center))} away; wanted is less than ${NEAR}, for `
      + `${LASTING} rounds.`,
    found: "It has come to rest.",
  }],
  because: "Each player moves for the best answer to the other's last move, like two people who chase each other "
    + "round a table. R1 is a price on D's slope at real samples: it makes D let go once the fakes are there, and "
    + "works like friction. The paper proves this for nearly this very game.",
  sources: [{ paper: "Mescheder et al. 2018 (the Dirac-GAN, Section 2; R1, Section 4.1)",
    address: "https://arxiv.org/abs/1801.04406" }],
};
