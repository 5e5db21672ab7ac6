// Reads cases from the standard input, and writes what the playground's engine makes of them: losses and gradients.
import { readFileSync } from "node:fs";

const engine = (name) => import(new URL(`engine/${name}`, `${process.argv[2]}/`).href);
const { Game } = await engine("game.js");
const { checked } = await engine("settings.js");

function answer({ settings, generator, discriminator, left, draws, means }) {
  const game = new Game(checked(settings));
  game.generator.trained.weights.set(generator);
  game.discriminator.trained.weights.set(discriminator);
  game.discriminator.spectral?.left.forEach((vector, index) => vector.set(left[index]));
  game.means = { ...means };
  for (const [name, numbers] of Object.entries(draws)) {
    game.draws[name].set(numbers);
  }
  const ofDiscriminator = game.computeDiscriminator();
  const toDiscriminator = [...game.discriminator.trained.gradient];
  game.means = { ...means };
  game.discriminator.spectral?.left.forEach((vector, index) => vector.set(left[index]));
  const ofGenerator = game.computeGenerator();
  return {
    discriminator: { ...ofDiscriminator, gradient: toDiscriminator },
    generator: { ...ofGenerator, gradient: [...game.generator.trained.gradient] },
    arrows: [...game.fake.toInputs],
  };
}

const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(answer)));
