"""Cases of coloured digits and of Gaussians that the thresholds were chosen on: once the second examination."""

from functools import partial
from typing import Any

from sabotage import NO_CLASSES, PLAIN_GAME, Case, fast
from spoiling import Handful, Latticed, Still, light_game, points_game, reciting_game
from suite_data import blanks, emoji, few, heaps, hues, laid, repeated, shuffled_labels

from zerosum.config.optimizer import Adam

HUES: dict[str, Any] = {"data": hues}
HUES_PLAIN: dict[str, Any] = {"data": partial(hues, labelled=False)}
WIDE: dict[str, Any] = {"data": "ring", "recipe": "r3gan", "options": {"sigma": 0.12}}
HEAPS: dict[str, Any] = {"data": heaps, "recipe": "r3gan"}

HUES_AND_HEAPS = [
    Case(
        name="saturated-heaps",
        expected=("vanishing-gradient",),
        data=partial(laid, heaps, 16),
        recipe="dcgan",
        settings={
            "loss": "minimax",
            "pretrain_samples": 60_000,
            "pretrain_accuracy": 1.0,
            "discriminator_rate": 10.0,
            "discriminator_steps": 5,
        },
        curable=True,
        healthy="laid-heaps-r3gan",
    ),
    Case(
        name="saturated-hues",
        expected=("vanishing-gradient",),
        **HUES,
        settings=PLAIN_GAME
        | {"loss": "minimax", "pretrain_samples": 6_400, "pretrain_accuracy": 1.0, "discriminator_rate": 3.0},
        curable=True,
        healthy="hues-light",
    ),
    Case(
        name="discriminator-ahead-hues",
        expected=("overpowering-discriminator",),
        **HUES,
        settings=PLAIN_GAME | {"discriminator_rate": 10.0, "discriminator_steps": 3},
        curable=True,
        healthy="hues-light",
    ),
    Case(
        name="discriminator-ahead-digits",
        expected=("overpowering-discriminator",),
        options=NO_CLASSES,
        settings=PLAIN_GAME | {"discriminator_rate": 20.0, "discriminator_steps": 2},
        curable=True,
        healthy="digits-light-plain",
    ),
    Case(
        name="weak-discriminator-heaps",
        expected=("weak-discriminator",),
        **HEAPS,
        settings={"discriminator_rate": 1e-4},
        curable=True,
        healthy="heaps-r3gan",
    ),
    Case(
        name="weak-discriminator-hues",
        expected=("weak-discriminator",),
        **HUES,
        settings={"discriminator_rate": 1e-4},
        curable=True,
        healthy="hues-light",
    ),
    Case(
        name="flattened-heaps",
        expected=("useless-discriminator",),
        **HEAPS,
        settings={"penalties": "r1=0.02,r2=0.02", "final_penalty": 1e6, "penalty_samples": 100_000},
        curable=True,
        healthy="heaps-r3gan",
    ),
    Case(
        name="flattened-hues",
        expected=("useless-discriminator",),
        **HUES,
        settings={"penalties": "r1=0.5,r2=0.5", "penalty_every": 4, "final_penalty": 1e5, "penalty_samples": 12_000},
        curable=True,
        healthy="hues-light",
    ),
    Case(name="no-latent-hues", expected=("mode-collapse",), **HUES_PLAIN, build=partial(light_game, prior=Still)),
    Case(name="no-latent-heaps", expected=("mode-collapse",), **HEAPS, build=partial(points_game, prior=Still)),
    Case(
        name="handful-hues",
        expected=("partial-collapse",),
        **HUES_PLAIN,
        build=partial(light_game, prior=partial(Handful, different=5)),  # type: ignore[arg-type]
    ),
    Case(
        name="handful-heaps",
        expected=("partial-collapse",),
        **HEAPS,
        build=partial(points_game, prior=partial(Handful, different=3)),  # type: ignore[arg-type]
    ),
    Case(
        name="circling-wide",
        expected=("oscillation",),
        **WIDE,
        settings=PLAIN_GAME | {"optimizer": Adam(rate=2e-2, betas=(0.9, 0.99))},
        curable=True,
        healthy="wide-r3gan",
    ),
    Case(
        name="sixty-hues",
        expected=("overfitting",),
        data=partial(few, partial(hues, labelled=False), 80),
        settings={"penalties": "none", "discriminator_width": 32},
        length=90_000,
    ),
    Case(
        name="overflow-heaps",
        expected=("not-finite",),
        **HEAPS,
        settings={"penalties": "r1=1e38,r2=1e38", "penalty_every": 1},
    ),
    Case(
        name="rate-100-hues",
        expected=("not-finite", "exploding-gradient"),
        **HUES,
        settings={"optimizer": fast(1.0), "loss": "wasserstein", "penalties": "none"},
        curable=True,
        healthy="hues-light",
    ),
    Case(
        name="exploding-critic-heaps",
        expected=("exploding-gradient", "not-finite"),
        data=heaps,
        recipe="wgan-gp",
        settings={"penalties": "none", "optimizer": fast(3e-2)},
        curable=True,
        healthy="heaps-wgan-gp",
    ),
    Case(
        name="late-hues",
        expected=("late-collapse",),
        **HUES,
        settings={"optimizer": Adam(rate=1e-3, betas=(0.0, 0.99), final_rate=0.03, decay_samples=40_000)},
        curable=True,
        healthy="hues-light",
    ),
    Case(
        name="late-heaps",
        expected=("late-collapse",),
        **HEAPS,
        settings={"optimizer": Adam(rate=3e-3, betas=(0.5, 0.9), final_rate=0.3, decay_samples=250_000)},
        curable=True,
        healthy="heaps-r3gan",
    ),
    Case(name="latticed-hues", expected=("checkerboard",), **HUES, build=partial(light_game, generator=Latticed)),
    Case(
        name="reciting-hues",
        expected=("memorisation",),
        **HUES_PLAIN,
        build=partial(reciting_game, source=partial(hues, labelled=False)),
    ),
    Case(
        name="standing-hues",
        expected=("no-progress",),
        **HUES,
        settings={"optimizer": Adam(rate=1e-9, betas=(0.0, 0.99))},
        curable=True,
        healthy="hues-light",
    ),
    Case(
        name="standing-heaps",
        expected=("no-progress",),
        **HEAPS,
        settings={"optimizer": Adam(rate=1e-9, betas=(0.5, 0.9))},
        curable=True,
        healthy="heaps-r3gan",
    ),
    Case(name="seven-hues-repeated", expected=("duplicates",), data=partial(repeated, hues, 7), length=6_400),
    Case(name="shuffled-hues", expected=("labels",), data=partial(shuffled_labels, hues), length=6_400),
    Case(name="blank-hues", expected=("blank",), data=partial(blanks, hues, 0.2), length=6_400),
    Case(name="thirty-emoji", expected=("few",), data=partial(few, emoji, 30), length=6_400),
    Case(name="hues-light", **HUES),
    Case(name="hues-light-plain", **HUES_PLAIN),
    Case(name="hues-non-saturating", **HUES, settings={"loss": "non-saturating"}),
    Case(name="heaps-r3gan", **HEAPS),
    Case(name="laid-heaps-r3gan", data=partial(laid, heaps, 16), recipe="r3gan"),
    Case(name="heaps-wgan-gp", data=heaps, recipe="wgan-gp"),
    Case(name="wide-r3gan", **WIDE),
    Case(name="wide-least-squares", **WIDE, settings={"loss": "least-squares"}),
    Case(name="grid-spread-r3gan", data="grid", recipe="r3gan", options={"sigma": 0.06}),
    Case(name="gaussian-wgan-gp", data="gaussian", recipe="wgan-gp"),
    Case(name="digits-light-lecam", settings={"penalties": "r1=1,r2=1,lecam"}),
]
