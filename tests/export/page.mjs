// What the modules of an exported page compute, for tests/export/test_page_modules.py: reads JSON, writes JSON.
// Its argument is the address of the folder that the modules lie in.
import { readFileSync } from "node:fs";

const page = process.argv[2];
const { numbered } = await import(`${page}/priors.js`);
const { Telling } = await import(`${page}/telling.js`);
const { Generator } = await import(`${page}/generator.js`);
const { read, written } = await import(`${page}/address.js`);
const { Turns } = await import(`${page}/turns.js`);
const { RandomState } = await import(`${page}/../../studio/static/random/random_state.js`);

const answers = {
  streams: ({ seeds, count }) =>
    seeds.map((seed) => {
      const stream = new RandomState(seed);
      const uniform = Array.from({ length: count }, () => stream.randomSample());
      const normal = Array.from({ length: count }, () => stream.randn());
      return [...uniform, ...normal, stream.randomSample()];
    }),

  latents: ({ prior, seeds }) =>
    seeds.map((seed) => {
      const { latent, chance } = numbered(prior, seed);
      return [...latent, chance];
    }),

  told: ({ known, chances, wishes }) =>
    wishes.map((wish) => {
      const telling = new Telling(known);
      return chances.map((chance) => {
        const told = telling.told(chance, wish);
        return typeof told === "number" ? told : [...told];
      });
    }),

  // The latents that places stand for, with an engine that computes nothing.
  places: async ({ model, states }) => {
    const generator = new Generator(model, null);
    const found = await Promise.all(states.map((state) => generator.place(state)));
    return found.map(({ values, told }) => ({ values: [...values], told }));
  },

  // What an address says, and the address that is written of it.
  addresses: ({ model, texts }) => texts.map((text) => [read(model, text), written(model, read(model, text))]),

  // Fifty requests of one view while another is drawn, and one that is taken back.
  turns: async () => {
    const turns = new Turns();
    const drawn = [];
    const pause = () => new Promise((go) => setTimeout(go, 5));
    const work = (what) => async () => {
      await pause();
      drawn.push(what);
    };
    const answers = [turns.ask("small", 4, work("first"))];
    for (let value = 0; value < 50; value += 1) {
      answers.push(turns.ask("picture", 0, work(value)));
      answers.push(turns.ask("tile 1", 3, work(`tile ${value}`)));
    }
    answers.push(turns.ask("other", 2, work("taken back")));
    turns.forget("other");
    const done = await Promise.all(answers);
    return { drawn, done: done.filter(Boolean).length };
  },
};

const given = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await answers[given.ask](given)));
