"""Everything that a set of pictures or of points can be spoilt with, as cases; and trainings that do not spoil it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sabotage import PLAIN_GAME, Case, fast
from spoiling import Checkered, Handful, Latticed, Still, light_game, mute_game, points_game, reciting_game
from suite_data import blanks, few, laid, repeated, shuffled_labels

from zerosum.config.optimizer import Adam
from zerosum.data import Dataset

LONG = 90_000
"""Samples of a longer training on pictures."""


def spoilt_pictures(name: str, source: Callable[..., Dataset], classes: bool) -> list[Case]:
    """Sabotaged trainings of `light`; `source(labelled=False)` gives the pictures without classes, if they have any.

    The cases of healthy trainings that curable ones are measured by are `NAME-light` and `NAME-light-long`.
    """
    plain = partial(source, labelled=False) if classes else source
    healthy: dict[str, Any] = {"data": source, "curable": True, "healthy": f"{name}-light"}
    longer: dict[str, Any] = healthy | {"healthy": f"{name}-light-long"}
    held = {"penalties": "r1=1,r2=1", "penalty_every": 4, "final_penalty": 1e5, "penalty_samples": 10_000}
    rising = Adam(rate=1e-3, betas=(0.0, 0.99), final_rate=0.03, decay_samples=60_000)
    return [
        Case(
            name=f"saturated-{name}",
            expected=("vanishing-gradient",),
            settings=PLAIN_GAME
            | {"loss": "minimax", "pretrain_samples": 6_400, "pretrain_accuracy": 1.0, "discriminator_rate": 3.0},
            **healthy,
        ),
        Case(
            name=f"discriminator-ahead-{name}",
            expected=("overpowering-discriminator",),
            settings=PLAIN_GAME | {"discriminator_rate": 10.0, "discriminator_steps": 3},
            **healthy,
        ),
        *_blind(name, held, healthy),
        Case(
            name=f"rate-1000-{name}",
            expected=("not-finite", "exploding-gradient"),
            settings={"optimizer": fast(2.0), "loss": "wasserstein", "penalties": "none"},
            **healthy,
        ),
        Case(
            name=f"standing-{name}",
            expected=("no-progress",),
            settings={"optimizer": Adam(rate=1e-9, betas=(0.0, 0.99))},
            **healthy,
        ),
        Case(
            name=f"late-{name}",
            expected=("late-collapse",),
            settings={"optimizer": rising},
            length=LONG,
            **longer,
        ),
        Case(
            name=f"overflow-{name}",
            expected=("not-finite",),
            data=source,
            settings={"penalties": "r1=1e37", "penalty_every": 1},
        ),
        *_with_other_parts(name, source, plain),
        *_with_other_data(name, source, plain, classes),
    ]


def _blind(name: str, held: dict[str, Any], healthy: dict[str, Any]) -> list[Case]:
    """Discriminators that see nothing: one that hardly learns, and one that penalties hold ever more firmly."""
    slow = {"discriminator_rate": 1e-4}
    return [
        Case(name=f"weak-discriminator-{name}", expected=("weak-discriminator",), settings=slow, **healthy),
        Case(name=f"flattened-{name}", expected=("useless-discriminator",), settings=held, **healthy),
    ]


def _with_other_parts(name: str, source: Callable[..., Dataset], plain: Callable[..., Dataset]) -> list[Case]:
    """Trainings whose prior or generator is not what it should be; no settings can save them."""
    parts: dict[str, tuple[str, Callable[..., Dataset], Any]] = {
        "no-latent": ("mode-collapse", plain, partial(light_game, prior=Still)),
        "handful": ("partial-collapse", plain, partial(light_game, prior=partial(Handful, different=6))),  # type: ignore[arg-type]
        "latticed": ("checkerboard", source, partial(light_game, generator=Latticed)),
        "checkered": ("checkerboard", source, partial(light_game, generator=Checkered)),
        "reciting": ("memorisation", plain, partial(reciting_game, source=plain)),
    }
    return [
        Case(name=f"{part}-{name}", expected=(failure,), data=data, build=build)
        for part, (failure, data, build) in parts.items()
    ]


def _with_other_data(
    name: str, source: Callable[..., Dataset], plain: Callable[..., Dataset], classes: bool
) -> list[Case]:
    """Trainings on data that is too little, or spoilt."""
    spoilt = {
        "one-of": ("duplicates", partial(repeated, plain, 1)),
        "blank": ("blank", partial(blanks, plain, 0.2)),
        "forty": ("few", partial(few, plain, 40)),
    }
    if classes:
        spoilt["shuffled"] = ("labels", partial(shuffled_labels, source))
    by_heart = {"penalties": "none", "discriminator_width": 32}
    return [
        Case(
            name=f"ninety-{name}",
            expected=("overfitting",),
            data=partial(few, plain, 90),
            settings=by_heart,
            length=LONG,
        ),
        *(
            Case(name=f"{how}-{name}", expected=(failure,), data=data, length=6_400)
            for how, (failure, data) in spoilt.items()
        ),
    ]


def spoilt_points(name: str, source: Callable[..., Dataset]) -> list[Case]:
    """Sabotaged trainings on points; healthy ones are `NAME-r3gan` and `NAME-wgan-gp`."""
    r3gan: dict[str, Any] = {"data": source, "recipe": "r3gan"}
    healthy = r3gan | {"curable": True, "healthy": f"{name}-r3gan"}
    held = {"penalties": "r1=0.02,r2=0.02", "final_penalty": 1e6, "penalty_samples": 80_000}
    return [
        *_blind(name, held, healthy),
        Case(
            name=f"circling-{name}",
            expected=("oscillation",),
            settings=PLAIN_GAME | {"optimizer": Adam(rate=2e-2, betas=(0.9, 0.99))},
            **healthy,
        ),
        Case(
            name=f"standing-{name}",
            expected=("no-progress",),
            settings={"optimizer": Adam(rate=1e-9, betas=(0.5, 0.9))},
            **healthy,
        ),
        Case(
            name=f"late-{name}",
            expected=("late-collapse",),
            settings={"optimizer": Adam(rate=2e-3, betas=(0.5, 0.9), final_rate=0.3, decay_samples=250_000)},
            **healthy,
        ),
        Case(
            name=f"exploding-critic-{name}",
            expected=("exploding-gradient", "not-finite"),
            data=source,
            recipe="wgan-gp",
            settings={"penalties": "none", "optimizer": fast(3e-2)},
            curable=True,
            healthy=f"{name}-wgan-gp",
        ),
        Case(
            name=f"discriminator-rate-100-laid-{name}",
            expected=("overpowering-discriminator",),
            data=partial(laid, source, 20),
            recipe="r3gan",
            settings=PLAIN_GAME | {"discriminator_rate": 100.0, "optimizer": Adam(rate=3e-5, betas=(0.5, 0.9))},
        ),
        Case(name=f"overflow-{name}", expected=("not-finite",), settings={"magnify": 1e25}, **r3gan),
        Case(
            name=f"no-latent-{name}",
            expected=("mode-collapse",),
            build=partial(points_game, prior=Still),
            **r3gan,
        ),
        Case(
            name=f"handful-{name}",
            expected=("partial-collapse",),
            build=partial(points_game, prior=partial(Handful, different=5)),  # type: ignore[arg-type]
            **r3gan,
        ),
    ]


def healthy_pictures(name: str, source: Callable[..., Dataset]) -> list[Case]:
    """Trainings of `light` on pictures that nothing is wrong with."""
    return [
        Case(name=f"{name}-light", data=source),
        Case(name=f"{name}-light-long", data=source, length=LONG),
        Case(name=f"{name}-non-saturating", data=source, settings={"loss": "non-saturating"}),
        Case(name=f"{name}-least-squares", data=source, settings={"loss": "least-squares"}),
    ]


def healthy_points(name: str, source: Callable[..., Dataset]) -> list[Case]:
    """Trainings on points that nothing is wrong with."""
    return [
        Case(name=f"{name}-r3gan", data=source, recipe="r3gan"),
        Case(name=f"{name}-hinge", data=source, recipe="r3gan", settings={"loss": "hinge"}),
        Case(name=f"{name}-wgan-gp", data=source, recipe="wgan-gp"),
        Case(name=f"laid-{name}-r3gan", data=partial(laid, source, 20), recipe="r3gan"),
    ]


def spoilt_tables(name: str, source: Callable[..., Dataset]) -> list[Case]:
    """Sabotaged trainings on tables; healthy ones are `NAME-tabular`."""
    tabular: dict[str, Any] = {"data": source, "recipe": "tabular"}
    curable = tabular | {"curable": True, "healthy": f"{name}-tabular"}
    return [
        Case(
            name=f"choices-collapse-{name}",
            expected=("lost-categories",),
            settings=PLAIN_GAME | {"gumbel_noise": 0.0, "optimizer": Adam(rate=1e-2, betas=(0.9, 0.99))},
            **curable,
        ),
        Case(
            name=f"mute-{name}",
            expected=("lost-categories",),
            build=partial(mute_game, share=0.4),
            **tabular,
        ),
        Case(
            name=f"weak-discriminator-{name}",
            expected=("weak-discriminator",),
            settings={"discriminator_rate": 1e-4},
            **curable,
        ),
        Case(
            name=f"rate-1000-{name}",
            expected=("not-finite", "exploding-gradient"),
            settings={"optimizer": fast(2.0), "loss": "wasserstein", "penalties": "none"},
            **curable,
        ),
    ]


def healthy_tables(name: str, source: Callable[..., Dataset]) -> list[Case]:
    """Trainings on tables that nothing is wrong with."""
    return [
        Case(name=f"{name}-tabular", data=source, recipe="tabular"),
        Case(name=f"{name}-ctgan", data=source, recipe="ctgan"),
        Case(name=f"{name}-packed", data=source, recipe="tabular", settings={"pack": 4}),
    ]
