// @ts-check
import { PLANE, hundredths } from "./lesson.js";

/** @typedef {import("./lesson.js").View} View */

const POINTS = [-1.5, 0.9, -0.9, -1.2, 0.1, 1.5, 0.3, -0.2, 1.2, 0.7, 1.6, -1.1];
/** A fake that is nearer to a real sample is a copy of it. */
const SAME = 0.1;
const MANY = 0.65;
const FEW = 0.25;

/** @param {View} view @returns {number} share of the fakes that lie on one of the real points */
function copied({ frame, settings }) {
  const { fake } = frame;
  const { points } = settings;
  let count = 0;
  for (let i = 0; i < fake.length; i += 2) {
    let nearest = Infinity;
    for (let k = 0; k < points.length; k += 2) {
      nearest = Math.min(nearest, Math.hypot(fake[i] - points[k], fake[i + 1] - points[k + 1]));
    }
    count += nearest < SAME ? 1 : 0;
  }
  return (2 * count) / fake.length;
}

/** @type {import("./lesson.js").Lesson} */
export const copies = {
  name: "copies",
  short: "By heart",
  title: "Learnt by heart",
  sees: "Six real samples, and no more. Suppose they are six photographs of cats: what should G learn from them?",
  settings: { data: "points2", points: POINTS, batch: 64, beta2: 0.99, penalties: { r1: 0.02 }, generatorRate: 0.003,
    discriminatorRate: 0.006, seed: 1 },
  speed: 16,
  layers: PLANE,
  steps: [{
    does: "Press Run and wait until most fakes are copies.",
    watch: "The fakes gather on the six real samples, one after the other.",
    points: ["run"],
    reached: (view) => copied(view) >= MANY,
    now: (view) => `${hundredths(copied(view))} of the fakes are copies of a real sample; wanted are `
      + `${hundredths(MANY)}.`,
    found: "D has learnt six places by heart, and G has learnt them from D.",
  }, {
    does: "Blur what D sees: set Instance noise to 0.5, and press Run.",
    watch: "D's map gets smoother, and the fakes spread out.",
    points: ["setting-noise", "run"],
    reached: (view) => view.settings.noise >= 0.2 && view.frame.round >= view.start.frame.round + 100
      && copied(view) <= FEW,
    now: (view) => `${hundredths(copied(view))} of the fakes are copies; wanted are less than ${hundredths(FEW)}, `
      + "after 100 rounds.",
    found: "D cannot see the exact places any more, so it does not insist on them.",
  }],
  because: "Few samples are easily learnt by heart, and for G copies are the best answer, not a mistake: they are "
    + "spread as the samples are. Noise hides details from D, and so do pictures that are turned, cut and coloured "
    + "at random (augmentation). What really helps is more data.",
  sources: [{ paper: "Karras et al. 2020 (training with limited data)", address: "https://arxiv.org/abs/2006.06676" },
    { paper: "Sønderby et al. 2017 (instance noise)", address: "https://arxiv.org/abs/1610.04490" }],
};
