"""The game of a generator against a discriminator, from parts."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from zerosum.core.batch import Batch
from zerosum.game.game import Clock, Game, Modules, Outcome, Player, Turn
from zerosum.game.objectives import Objective
from zerosum.game.penalties import Penalty
from zerosum.game.priors import Prior

Augment = Callable[[Tensor], Tensor]
"""A random change, differentiable, that the discriminator's every input goes through."""


def unchanged(x: Tensor) -> Tensor:
    """The augmentation that changes nothing."""
    return x


def adversarial_game(
    *,
    generator: Player,
    discriminator: Player,
    prior: Prior,
    objective: Objective,
    penalties: Sequence[Penalty] = (),
    discriminator_steps: int = 1,
    augment: Augment = unchanged,
) -> Game:
    """A generator and a discriminator that take turns.

    The generator's module maps (latents (n, prior.dimension), condition) to samples (n, ...); the discriminator's maps
    (samples, condition) to logits (n,). Fakes carry the classes of the real samples they are set against.

    Args:
        generator: The player whose (averaged) weights are shipped.
        discriminator: Its opponent, or critic.
        prior: Where latents come from.
        objective: What the two play for.
        penalties: Added to the discriminator's loss.
        discriminator_steps: Moves of the discriminator in each round, each on its own batch.
        augment: What every input of the discriminator goes through.
    """
    clock = Clock()

    def discriminator_loss(batch: Batch) -> Outcome:
        def score(x: Tensor) -> Tensor:
            return discriminator.module(x, batch.condition)

        with torch.no_grad():
            fake = augment(generator.module(prior.draw(batch), batch.condition))
        real = augment(batch.x)
        on_real, on_fake = score(real), score(fake)
        terms = {"adversarial": objective.discriminator(on_real.float(), on_fake.float())}
        for penalty in penalties:
            if clock.rounds % penalty.every == 0:
                value = penalty.value(score, real, fake, batch.noise)
                terms[penalty.name] = penalty.weight.at(clock.samples) * penalty.every * value
        return Outcome(terms, lambda: judgement(objective, on_real.detach().float(), on_fake.detach().float()))

    def generator_loss(batch: Batch) -> Outcome:
        fake = generator.module(prior.draw(batch), batch.condition)
        on_fake = discriminator.module(augment(fake), batch.condition).float()
        on_real = on_fake
        if objective.compares:
            with torch.no_grad():
                on_real = discriminator.module(augment(batch.x), batch.condition).float()
        return Outcome({"adversarial": objective.generator(on_real, on_fake)})

    return Game(
        players={"discriminator": discriminator, "generator": generator},
        turns=(
            Turn("discriminator", discriminator_loss, repeat=discriminator_steps),
            Turn("generator", generator_loss),
        ),
        prior=prior,
        generate=generate,
        clock=clock,
    )


def generate(modules: Modules, latents: Tensor, condition: Tensor | None) -> Tensor:
    """Samples (n, ...) of the generator for latents (n, dimension) and, where it has classes, class indices (n,)."""
    return modules["generator"](latents, condition)


def judgement(objective: Objective, on_real: Tensor, on_fake: Tensor) -> dict[str, Tensor]:
    """How well the discriminator tells real from fake: shares judged right, and the gap between its mean logits.

    A critic's logits mean nothing by themselves; it is judged by the point halfway between its two means.
    """
    middle = 0.0 if objective.calibrated else (on_real.mean() + on_fake.mean()) / 2
    return {
        "accuracy_real": (on_real > middle).float().mean(),
        "accuracy_fake": (on_fake < middle).float().mean(),
        "gap": on_real.mean() - on_fake.mean(),
    }
