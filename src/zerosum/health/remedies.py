"""What the autopilot can do about a failure: settings that change, and where the game goes on from."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from zerosum.config.adversarial import Adversarial
from zerosum.config.optimizer import Adam, MomentumSGD
from zerosum.config.penalties import OF_SLOPES, parse_penalties, spell_penalties

Change = Callable[[Any, Any], Any]
"""From a recipe's settings, and those that are usual for the data, to settings that differ; or to the same where the
remedy has nothing left to give."""


@dataclass(frozen=True)
class Remedy:
    """One thing to try.

    Attributes:
        name: What is done, in a few words.
        change: What it does to the settings.
        again: Where the game goes on: from the best checkpoint, or from the start where its weights are past saving or
            would not fit the new networks.
    """

    name: str
    change: Change
    again: Literal["best", "start"] = "start"


def of_two(change: Change) -> Change:
    """The change for a game of two; settings of a single player have nothing of the kind, and stay as they are."""

    @wraps(change)
    def changed(settings: Any, usual: Any) -> Any:
        return change(settings, usual) if isinstance(settings, Adversarial) else settings

    return changed


def slower(factor: float) -> Change:
    """Each optimizer back to the usual one where it is faster than that, or grows; else `factor` times its rate."""

    def change(settings: Any, usual: Any) -> Any:
        slowed = {}
        for name, optimizer in optimizers(settings).items():
            rises = isinstance(optimizer, Adam) and (optimizer.final_rate or 0) > optimizer.rate
            known = getattr(usual, name)
            slowed[name] = known if rises or optimizer.rate > known.rate else optimizer.scaled(factor)
        return dataclasses.replace(settings, **slowed)

    return change


@of_two
def unhurried_discriminator(settings: Any, usual: Any) -> Any:
    """The discriminator's learning rate back to the usual one where it is higher."""
    rate = min(settings.discriminator_rate, usual.discriminator_rate)
    return dataclasses.replace(settings, discriminator_rate=rate)


def unhurried(settings: Any, usual: Any) -> Any:
    """Learning rates that are higher than the usual ones, or grow, back to those; others as they are."""
    return unhurried_discriminator(slower(1.0)(settings, usual), usual)


@of_two
def usual_rules(settings: Any, usual: Any) -> Any:
    """The loss and the penalties that are usual for the recipe."""
    names = ("loss", "penalties", "penalty_every", "final_penalty", "weight_limit", "spectral_norm")
    return dataclasses.replace(settings, **{name: getattr(usual, name) for name in names})


def faster(settings: Any, usual: Any) -> Any:
    """Each optimizer back to the usual one where it is slower than that, else at ten times its rate."""
    hastened = {
        name: getattr(usual, name) if optimizer.rate < getattr(usual, name).rate else optimizer.scaled(10.0)
        for name, optimizer in optimizers(settings).items()
    }
    return dataclasses.replace(settings, **hastened)


def with_values(**values: Any) -> Change:
    """Settings of these values."""
    return of_two(lambda settings, usual: dataclasses.replace(settings, **values))


def discriminator_rate(factor: float) -> Change:
    """The discriminator's learning rate back to the usual one if it is off in that sense, else times `factor`."""

    def change(settings: Any, usual: Any) -> Any:
        rate, known = settings.discriminator_rate, usual.discriminator_rate
        astray = rate > known if factor < 1 else rate < known
        return dataclasses.replace(settings, discriminator_rate=known if astray else rate * factor)

    return of_two(change)


@of_two
def usual_discriminator_rate(settings: Any, usual: Any) -> Any:
    """The discriminator's learning rate back to the usual one where it is lower."""
    rate = max(settings.discriminator_rate, usual.discriminator_rate)
    return dataclasses.replace(settings, discriminator_rate=rate)


@of_two
def usual_penalties(settings: Any, usual: Any) -> Any:
    """The recipe's penalties, which do not become heavier."""
    return dataclasses.replace(
        settings,
        penalties=usual.penalties,
        penalty_every=usual.penalty_every,
        final_penalty=min(1.0, usual.final_penalty),
    )


@of_two
def fewer_steps(settings: Any, usual: Any) -> Any:
    """As many moves of the discriminator in each round as are usual, and no more."""
    steps = min(settings.discriminator_steps, usual.discriminator_steps)
    return dataclasses.replace(settings, discriminator_steps=steps)


@of_two
def firmer(settings: Any, usual: Any) -> Any:
    """The usual penalties, or R1, where the discriminator's slope is free; four times the weights where it is held."""
    weights = parse_penalties(settings.penalties)
    if any(weights[name] for name in OF_SLOPES & weights.keys()):
        heavier = {name: 4 * weight for name, weight in weights.items()}
        return dataclasses.replace(settings, penalties=spell_penalties(heavier))
    known = parse_penalties(usual.penalties)
    holding = known if OF_SLOPES & known.keys() else {"r1": 0.1}
    return dataclasses.replace(
        settings,
        penalties=spell_penalties(weights | holding),
        penalty_every=usual.penalty_every,
        final_penalty=usual.final_penalty,
    )


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(settings: Any, usual: Any) -> Any:
        for one in changes:
            settings = one(settings, usual)
        return settings

    return change


def optimizers(settings: Any) -> dict[str, Adam | MomentumSGD]:
    """The optimizers among a recipe's settings, by name."""
    values = {field.name: getattr(settings, field.name) for field in dataclasses.fields(settings)}
    return {name: value for name, value in values.items() if isinstance(value, Adam | MomentumSGD)}


RELATIVISTIC = both(with_values(loss="relativistic"), firmer, unhurried)

REMEDIES: dict[str, tuple[Remedy, ...]] = {
    "not-finite": (
        Remedy("no more than the usual learning rates, and the usual loss and penalties", both(unhurried, usual_rules)),
        Remedy(
            "a tenth of the learning rate, gradients clipped at 1, and firmer penalties",
            both(slower(0.1), with_values(gradient_clip=1.0), firmer),
        ),
        Remedy("a tenth of the learning rate", slower(0.1)),
    ),
    "exploding-gradient": (
        Remedy("no more than the usual learning rates, and the usual loss and penalties", both(unhurried, usual_rules)),
        Remedy("firmer penalties, and gradients clipped at 1", both(firmer, with_values(gradient_clip=1.0))),
        Remedy("a tenth of the learning rate", slower(0.1)),
    ),
    "vanishing-gradient": (
        Remedy(
            "the non-saturating loss, no pre-training, penalties, a slower discriminator",
            both(with_values(loss="non-saturating", pretrain_samples=None), firmer, discriminator_rate(0.5)),
        ),
        Remedy("the relativistic loss with firmer penalties", RELATIVISTIC),
    ),
    "overpowering-discriminator": (
        Remedy(
            "a slower discriminator with fewer steps, and penalties",
            both(discriminator_rate(0.25), fewer_steps, firmer),
        ),
        Remedy("firmer penalties", firmer),
    ),
    "weak-discriminator": (
        Remedy("the discriminator's usual learning rate", usual_discriminator_rate),
        Remedy("the usual penalties, which do not grow", usual_penalties),
        Remedy("a faster discriminator", discriminator_rate(4.0)),
    ),
    "useless-discriminator": (
        Remedy("the usual penalties, which do not grow", usual_penalties),
        Remedy("the usual or a third of the learning rates", slower(0.3)),
    ),
    "mode-collapse": (
        Remedy("the relativistic loss with penalties", RELATIVISTIC),
        Remedy("the usual or a third of the learning rates", slower(0.3)),
    ),
    "partial-collapse": (
        Remedy("the relativistic loss with penalties", RELATIVISTIC),
        Remedy("the usual or a third of the learning rates", slower(0.3)),
    ),
    "lost-categories": (
        Remedy("the relativistic loss with penalties", RELATIVISTIC),
        Remedy("the usual or a third of the learning rates", slower(0.3)),
    ),
    "oscillation": (
        Remedy("penalties, and no more than the usual learning rates", both(firmer, unhurried)),
        Remedy("the usual loss and penalties", usual_rules),
        Remedy("a third of the learning rates", slower(0.3)),
    ),
    "late-collapse": (
        Remedy("the usual or a third of the learning rates", slower(0.3), "best"),
        # From the start: a discriminator whose slope is held has no batch normalisation, so that weights may not fit.
        Remedy("penalties", firmer, "start"),
    ),
    "overfitting": (Remedy("adaptive augmentation", with_values(augment="ada"), "best"),),
    "no-progress": (
        Remedy("the usual or ten times the learning rates", faster),
        Remedy("ten times the learning rates", faster),
    ),
}
"""By failure, the first thing first. Failures of the data or of a network's shape have none."""
