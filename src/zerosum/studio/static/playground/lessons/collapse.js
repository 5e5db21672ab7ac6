// @ts-check
import { PLANE, hundredths } from "./lesson.js";

/** @type {import("./lesson.js").Lesson} */
export const collapse = {
  name: "collapse",
  short: "Collapse",
  title: "Collapse",
  sees: "Eight clouds again. Here G learns ten times as fast as D, and nothing keeps either in check.",
  settings: { data: "ring", batch: 64, beta2: 0.99, penalties: {}, generatorRate: 0.005, discriminatorRate: 0.0005,
    seed: 1 },
  speed: 8,
  layers: PLANE,
  steps: [{
    does: "Press Run and watch for 300 rounds.",
    watch: "All fakes run to one place that D believes in; when D has noticed, they all run to another.",
    points: ["run"],
    reached: ({ frame }) => frame.round >= 300 && (frame.measures.modes ?? 8) <= 2,
    now: ({ frame }) => `Round ${frame.round}; ${frame.measures.modes} of 8 clouds are found. Wanted: 2 or fewer `
      + "after round 300.",
    found: "Mode collapse: the fakes may look real one by one, but they are all alike.",
  }, {
    does: "Let D keep up: set D's learning rate to 0.005, as G's is, and press Run.",
    watch: "D notices at once where there are too many fakes, and pushes them apart.",
    points: ["setting-discriminatorRate", "run"],
    reached: ({ frame, settings }) => settings.discriminatorRate >= settings.generatorRate && frame.measures.modes === 8
      && (frame.measures.good ?? 0) >= 0.5,
    now: ({ frame, settings }) => `${frame.measures.modes} of 8 clouds are found, and `
      + `${hundredths(frame.measures.good ?? 0)} of the fakes lie in one (wanted: 8, and 50 %). D's learning rate is `
      + `${settings.discriminatorRate}, G's is ${settings.generatorRate}.`,
    found: "All eight clouds are found.",
  }],
  because: "Each fake goes where D says “real” now, and nothing tells it to stay away from the others, unless D "
    + "answers in time. A slow D lets the crowd arrive. A D that learns as fast as G, or faster, is one cure; a D "
    + "that judges several samples at once (Pack) is another. Try it.",
  sources: [{ paper: "Heusel et al. 2017 (two learning rates)", address: "https://arxiv.org/abs/1706.08500" },
    { paper: "Metz et al. 2017 (why the crowd moves)", address: "https://arxiv.org/abs/1611.02163" },
    { paper: "Lin et al. 2018 (packing)", address: "https://arxiv.org/abs/1712.04086" }],
};
