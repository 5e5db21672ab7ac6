// Plays games with the playground's engine, and tells how they stand and what their links, files and frames come to.
import { readFileSync } from "node:fs";

const module = (name) => import(new URL(name, `${process.argv[2]}/`).href);
const { Session } = await module("engine/session.js");
const { Camera } = await module("engine/frames.js");
const { checked } = await module("engine/settings.js");
const { fromQuery, toQuery } = await module("link.js");

function play(session, rounds) {
  for (let round = 0; round < rounds; round++) {
    session.round();
  }
  return session;
}

function weights(session) {
  return [...session.game.generator.trained.weights, ...session.game.discriminator.trained.weights];
}

function answer({ settings, rounds }) {
  const session = play(new Session(settings), rounds);
  const watched = new Session(settings);
  for (let round = 0; round < rounds; round++) {
    new Camera(watched).take(0);
    watched.round();
  }
  const linked = fromQuery(new URLSearchParams(new URLSearchParams(toQuery(checked(settings))).toString()));
  const saved = JSON.parse(JSON.stringify(play(new Session(settings), Math.floor(rounds / 2)).save()));
  const restored = play(Session.restore(saved), rounds - Math.floor(rounds / 2));
  session.look();
  const { observer } = session;
  return {
    settings: checked(settings),
    linked: checked(linked),
    weights: weights(session),
    watched: weights(watched),
    linkedWeights: weights(play(new Session(linked), rounds)),
    restored: weights(restored),
    fake: [...observer.fakes.y],
    real: [...observer.reals],
    onReal: [...observer.real.y.subarray(0, observer.packs)],
    onFake: [...observer.fake.y.subarray(0, observer.packs)],
    measures: observer.measure(),
    modes: session.game.distribution.modes && [...session.game.distribution.modes],
    sigma: session.game.distribution.sigma,
    entries: session.entries,
  };
}

const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(answer)));
