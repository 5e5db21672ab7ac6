"""What the autopilot can do about a failure: settings that change, and where the game goes on from."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from zerosum.config.optimizer import Adam, MomentumSGD

Change = Callable[[Any], Any]
"""From a recipe's settings to settings that differ, or to the same where the remedy has nothing left to give."""


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


def slower(factor: float) -> Change:
    """Both learning rates times `factor`, held there from then on if they were rising."""

    def change(settings: Any) -> Any:
        found = {
            field.name: value
            for field in dataclasses.fields(settings)
            if isinstance(value := getattr(settings, field.name), Adam | MomentumSGD)
        }
        return dataclasses.replace(settings, **{name: _calm(value).scaled(factor) for name, value in found.items()})

    return change


def rising_rate_held(settings: Any) -> Any:
    """Learning rates that rise with time stay where they begin."""
    return slower(1.0)(settings)


def with_values(**values: Any) -> Change:
    """Settings of these values."""
    return lambda settings: dataclasses.replace(settings, **values)


def discriminator_rate(factor: float) -> Change:
    """The discriminator's learning rate back to its optimizer's if it is off in that sense, else times `factor`."""

    def change(settings: Any) -> Any:
        rate = settings.discriminator_rate
        astray = rate > 1 if factor < 1 else rate < 1
        return dataclasses.replace(settings, discriminator_rate=1.0 if astray else rate * factor)

    return change


def fewer_steps(settings: Any) -> Any:
    """One move of the discriminator in each round."""
    return dataclasses.replace(settings, discriminator_steps=1)


def firmer(**least: float) -> Change:
    """These penalties at these weights, or at four times the weights that they have already."""

    def change(settings: Any) -> Any:
        parts = dict(part.partition("=")[::2] for part in settings.penalties.split(",") if part != "none")
        for name, weight in least.items():
            flag = name.replace("_", "-")
            parts[flag] = f"{4 * float(parts[flag]):g}" if parts.get(flag) else f"{weight:g}"
        text = ",".join(f"{name}={weight}" if weight else name for name, weight in parts.items())
        return dataclasses.replace(settings, penalties=text, final_penalty=min(1.0, settings.final_penalty))

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(settings: Any) -> Any:
        for one in changes:
            settings = one(settings)
        return settings

    return change


def _calm(optimizer: Adam | MomentumSGD) -> Adam | MomentumSGD:
    """The optimizer without a rate that grows."""
    if isinstance(optimizer, Adam) and optimizer.final_rate is not None and optimizer.final_rate > optimizer.rate:
        return dataclasses.replace(optimizer, final_rate=None)
    return optimizer


REMEDIES: dict[str, tuple[Remedy, ...]] = {
    "not-finite": (
        Remedy(
            "a tenth of the learning rate, gradients clipped at 1", both(slower(0.1), with_values(gradient_clip=1.0))
        ),
        Remedy("a tenth of the learning rate once more", slower(0.1)),
        Remedy("R1 and R2 penalties", firmer(r1=1.0, r2=1.0)),
    ),
    "exploding-gradient": (
        Remedy(
            "R1 and R2 penalties and gradients clipped at 1",
            both(firmer(r1=1.0, r2=1.0), with_values(gradient_clip=1.0)),
        ),
        Remedy("a tenth of the learning rate", slower(0.1)),
        Remedy("a tenth of the learning rate once more", slower(0.1)),
    ),
    "vanishing-gradient": (
        Remedy(
            "the non-saturating loss, no pre-training, an R1 penalty",
            both(with_values(loss="non-saturating", pretrain_samples=None), firmer(r1=1.0), discriminator_rate(0.5)),
        ),
        Remedy("the relativistic loss with R1 and R2", both(with_values(loss="relativistic"), firmer(r1=1.0, r2=1.0))),
    ),
    "overpowering-discriminator": (
        Remedy(
            "a lower learning rate and fewer steps for the discriminator, an R1 penalty",
            both(discriminator_rate(0.25), fewer_steps, firmer(r1=1.0)),
        ),
        Remedy("a firmer R1 penalty", firmer(r1=1.0)),
    ),
    "weak-discriminator": (
        Remedy("a higher learning rate for the discriminator", discriminator_rate(4.0)),
        Remedy("a higher learning rate for the discriminator once more", discriminator_rate(4.0)),
    ),
    "useless-discriminator": (
        Remedy("penalties that do not grow", with_values(final_penalty=1.0)),
        Remedy("a third of both learning rates", slower(0.3), "best"),
    ),
    "mode-collapse": (
        Remedy("the relativistic loss with R1 and R2", both(with_values(loss="relativistic"), firmer(r1=1.0, r2=1.0))),
        Remedy("a third of both learning rates", slower(0.3)),
    ),
    "partial-collapse": (
        Remedy("the relativistic loss with R1 and R2", both(with_values(loss="relativistic"), firmer(r1=1.0, r2=1.0))),
        Remedy("a third of both learning rates", slower(0.3)),
    ),
    "oscillation": (
        Remedy("R1 and R2 penalties", firmer(r1=0.1, r2=0.1)),
        Remedy("a third of both learning rates", slower(0.3)),
        Remedy("firmer penalties", firmer(r1=0.1, r2=0.1)),
    ),
    "late-collapse": (
        Remedy("learning rates that do not grow", rising_rate_held, "best"),
        Remedy("a third of both learning rates", slower(0.3), "best"),
    ),
    "overfitting": (Remedy("adaptive augmentation", with_values(augment="ada"), "best"),),
    "no-progress": (
        Remedy("a learning rate of 1e-3", lambda settings: slower(_to_usual(settings))(settings)),
        Remedy("ten times the learning rate", slower(10.0)),
    ),
}
"""By failure, the first thing first. Failures of the data or of a network's shape have none."""


def _to_usual(settings: Any) -> float:
    """The factor that brings a learning rate to 1e-3."""
    for field in dataclasses.fields(settings):
        if isinstance(value := getattr(settings, field.name), Adam | MomentumSGD):
            return 1e-3 / max(value.rate, 1e-12)
    return 1.0
