// @ts-check
import { PLANE, accuracy, fixed, hundredths } from "./lesson.js";

/** @type {import("./lesson.js").Lesson} */
export const half = {
  name: "half",
  short: "50 %",
  title: "50 % is no victory",
  sees: "A perfect G leaves D guessing: right half of the time, like a coin. So is 50 % the sign that G has won? "
    + "Here D has no hidden layer: all it can do is to draw one straight border.",
  settings: { data: "ring", batch: 64, discriminatorDepth: 0, penalties: { r1: 1 }, generatorRate: 0.001,
    discriminatorRate: 0.005, seed: 1 },
  speed: 8,
  layers: PLANE,
  steps: [{
    does: "Press Run. After round 200 the game stops when D is right about half of the time.",
    watch: "D's share of right answers, and where the fakes are.",
    points: ["run", "reading-accuracy"],
    reached: ({ frame, settings }) => settings.discriminatorDepth === 0 && frame.round >= 200
      && Math.abs(accuracy(frame) - 0.5) < 0.05 && frame.measures.distance > 0.2,
    now: ({ frame }) => `Round ${frame.round}; D tells ${hundredths(accuracy(frame))} right; fakes are `
      + `${fixed(frame.measures.distance)} from the real samples.`,
    found: "D guesses like a coin, and the fakes are nowhere near the ring. G has not won: D is too simple to see.",
  }, {
    does: "Set D's hidden layers to 3, which begins a new game, and press Run.",
    watch: "Now D's border can bend.",
    points: ["setting-discriminatorDepth", "run"],
    reached: ({ frame, entries, settings }) => settings.discriminatorDepth >= 2
      && Math.max(accuracy(frame), ...entries.map((entry) => (entry.accuracyReal + entry.accuracyFake) / 2)) >= 0.65,
    now: ({ frame }) => `D tells ${hundredths(accuracy(frame))} right; wanted are 65 %.`,
    found: "This D can tell them apart. Now G gets a lesson worth having.",
  }, {
    does: "Press Run once more.",
    watch: "D falls back to about 50 %, and this time the fakes are right.",
    points: ["run"],
    reached: ({ frame, settings }) => settings.discriminatorDepth >= 2 && frame.measures.distance < 0.05
      && Math.abs(accuracy(frame) - 0.5) < 0.1,
    now: ({ frame }) => `D tells ${hundredths(accuracy(frame))} right (wanted: 40 to 60 %), and fakes are `
      + `${fixed(frame.measures.distance)} from the real samples (wanted: 0.05).`,
    found: "The same 50 %, and quite another game.",
  }],
  because: "The theory says: if G is perfect, the best D is at 50 %. It does not say the reverse. A D that is too "
    + "small, or has learnt too little, is at 50 % too. So the number means something only beside proof that D can "
    + "see. The paper measures G with a fresh, well-trained classifier for this reason.",
  sources: [{ paper: "Goodfellow et al. 2014, Theorem 1", address: "https://arxiv.org/abs/1406.2661" },
    { paper: "Lopez-Paz and Oquab 2017 (classifier two-sample tests)", address: "https://arxiv.org/abs/1610.06545" }],
};
