"""Cases of drawn figures and of bent arms that the thresholds were chosen on: once the third examination."""

from functools import partial
from typing import Any

from sabotage import NO_CLASSES, PLAIN_GAME, Case, fast
from spoiling import Checkered, Handful, Latticed, Still, light_game, points_game, reciting_game
from suite_data import blanks, corners, few, figures, laid, overlaid, pinwheel, repeated, shuffled_labels

from zerosum.config.optimizer import Adam

FIGURES: dict[str, Any] = {"data": figures}
FIGURES_PLAIN: dict[str, Any] = {"data": partial(figures, labelled=False)}
OVERLAID: dict[str, Any] = {"data": overlaid}
PINWHEEL: dict[str, Any] = {"data": pinwheel, "recipe": "r3gan"}
CORNERS: dict[str, Any] = {"data": corners, "recipe": "r3gan"}

SATURATING = PLAIN_GAME | {"loss": "minimax", "pretrain_accuracy": 1.0}

FIGURES_AND_PINWHEEL = [
    Case(
        name="saturated-figures",
        expected=("vanishing-gradient",),
        **FIGURES,
        settings=SATURATING | {"pretrain_samples": 6_400, "discriminator_rate": 3.0},
        curable=True,
        healthy="figures-light",
    ),
    Case(
        name="saturated-overlaid",
        expected=("vanishing-gradient",),
        **OVERLAID,
        settings=SATURATING | {"pretrain_samples": 9_600, "discriminator_rate": 4.0},
        curable=True,
        healthy="overlaid-light",
    ),
    Case(
        name="discriminator-ahead-figures",
        expected=("overpowering-discriminator",),
        **FIGURES,
        settings=PLAIN_GAME | {"discriminator_rate": 10.0, "discriminator_steps": 3},
        curable=True,
        healthy="figures-light",
    ),
    Case(
        name="discriminator-ahead-overlaid",
        expected=("overpowering-discriminator",),
        **OVERLAID,
        settings=PLAIN_GAME | {"discriminator_rate": 20.0, "discriminator_steps": 2},
        curable=True,
        healthy="overlaid-light",
    ),
    Case(
        name="discriminator-rate-100-laid-pinwheel",
        expected=("overpowering-discriminator",),
        data=partial(laid, pinwheel, 24),
        recipe="r3gan",
        settings=PLAIN_GAME | {"discriminator_rate": 100.0, "optimizer": Adam(rate=3e-5, betas=(0.5, 0.9))},
    ),
    Case(
        name="weak-discriminator-figures",
        expected=("weak-discriminator",),
        **FIGURES,
        settings={"discriminator_rate": 1e-4},
        curable=True,
        healthy="figures-light",
    ),
    Case(
        name="weak-discriminator-corners",
        expected=("weak-discriminator",),
        **CORNERS,
        settings={"discriminator_rate": 1e-4},
        curable=True,
        healthy="corners-r3gan",
    ),
    Case(
        name="flattened-figures",
        expected=("useless-discriminator",),
        **FIGURES,
        settings={"penalties": "r1=1,r2=1", "penalty_every": 4, "final_penalty": 1e5, "penalty_samples": 10_000},
        curable=True,
        healthy="figures-light",
    ),
    Case(
        name="flattened-pinwheel",
        expected=("useless-discriminator",),
        **PINWHEEL,
        settings={"penalties": "r1=0.02,r2=0.02", "final_penalty": 1e6, "penalty_samples": 80_000},
        curable=True,
        healthy="pinwheel-r3gan",
    ),
    Case(
        name="no-latent-overlaid",
        expected=("mode-collapse",),
        **OVERLAID,
        build=partial(light_game, prior=Still),
    ),
    Case(name="no-latent-pinwheel", expected=("mode-collapse",), **PINWHEEL, build=partial(points_game, prior=Still)),
    Case(
        name="handful-figures",
        expected=("partial-collapse",),
        **FIGURES_PLAIN,
        build=partial(light_game, prior=partial(Handful, different=6)),  # type: ignore[arg-type]
    ),
    Case(
        name="handful-corners",
        expected=("partial-collapse",),
        **CORNERS,
        build=partial(points_game, prior=partial(Handful, different=5)),  # type: ignore[arg-type]
    ),
    Case(
        name="circling-pinwheel",
        expected=("oscillation",),
        **PINWHEEL,
        settings=PLAIN_GAME | {"optimizer": Adam(rate=2e-2, betas=(0.9, 0.99))},
        curable=True,
        healthy="pinwheel-r3gan",
    ),
    Case(
        name="circling-corners",
        expected=("oscillation",),
        **CORNERS,
        settings=PLAIN_GAME | {"optimizer": Adam(rate=2e-2, betas=(0.9, 0.99))},
        curable=True,
        healthy="corners-r3gan",
    ),
    Case(
        name="ninety-overlaid",
        expected=("overfitting",),
        data=partial(few, overlaid, 90),
        settings={"penalties": "none", "discriminator_width": 32},
        length=90_000,
    ),
    Case(
        name="ninety-figures",
        expected=("overfitting",),
        data=partial(few, figures, 90),
        settings={"penalties": "none", "discriminator_width": 32},
        length=90_000,
    ),
    Case(name="overflow-corners", expected=("not-finite",), **CORNERS, settings={"magnify": 1e25}),
    Case(
        name="overflow-figures",
        expected=("not-finite",),
        **FIGURES,
        settings={"penalties": "r1=1e37", "penalty_every": 1},
    ),
    Case(
        name="rate-1000-figures",
        expected=("not-finite", "exploding-gradient"),
        **FIGURES,
        settings={"optimizer": fast(2.0), "loss": "wasserstein", "penalties": "none"},
        curable=True,
        healthy="figures-light",
    ),
    Case(
        name="exploding-critic-pinwheel",
        expected=("exploding-gradient", "not-finite"),
        data=pinwheel,
        recipe="wgan-gp",
        settings={"penalties": "none", "optimizer": fast(3e-2)},
        curable=True,
        healthy="pinwheel-wgan-gp",
    ),
    Case(
        name="late-figures",
        expected=("late-collapse",),
        **FIGURES,
        settings={"optimizer": Adam(rate=1e-3, betas=(0.0, 0.99), final_rate=0.03, decay_samples=60_000)},
        length=90_000,
        curable=True,
        healthy="figures-light-long",
    ),
    Case(
        name="late-corners",
        expected=("late-collapse",),
        **CORNERS,
        settings={"optimizer": Adam(rate=2e-3, betas=(0.5, 0.9), final_rate=0.3, decay_samples=250_000)},
        curable=True,
        healthy="corners-r3gan",
    ),
    Case(name="latticed-figures", expected=("checkerboard",), **FIGURES, build=partial(light_game, generator=Latticed)),
    Case(
        name="checkered-overlaid",
        expected=("checkerboard",),
        **OVERLAID,
        build=partial(light_game, generator=Checkered),
    ),
    Case(
        name="reciting-figures",
        expected=("memorisation",),
        **FIGURES_PLAIN,
        build=partial(reciting_game, source=partial(figures, labelled=False)),
    ),
    Case(
        name="reciting-overlaid",
        expected=("memorisation",),
        **OVERLAID,
        build=partial(reciting_game, source=overlaid),
    ),
    Case(
        name="standing-figures",
        expected=("no-progress",),
        **FIGURES,
        settings={"optimizer": Adam(rate=1e-9, betas=(0.0, 0.99))},
        curable=True,
        healthy="figures-light",
    ),
    Case(
        name="standing-pinwheel",
        expected=("no-progress",),
        **PINWHEEL,
        settings={"optimizer": Adam(rate=1e-9, betas=(0.5, 0.9))},
        curable=True,
        healthy="pinwheel-r3gan",
    ),
    Case(name="one-figure", expected=("duplicates",), data=partial(repeated, figures, 1), length=6_400),
    Case(name="shuffled-figures", expected=("labels",), data=partial(shuffled_labels, figures), length=6_400),
    Case(name="blank-overlaid", expected=("blank",), data=partial(blanks, overlaid, 0.2), length=6_400),
    Case(name="forty-figures", expected=("few",), data=partial(few, figures, 40), length=6_400),
    Case(name="figures-light", **FIGURES),
    Case(name="figures-light-long", **FIGURES, length=90_000),
    Case(name="figures-light-plain", **FIGURES_PLAIN),
    Case(name="figures-hinge", **FIGURES, settings={"loss": "hinge"}),
    Case(name="figures-light-ada", **FIGURES, settings={"augment": "ada"}),
    Case(name="overlaid-light", **OVERLAID),
    Case(name="overlaid-non-saturating", **OVERLAID, settings={"loss": "non-saturating"}),
    Case(name="emoji-light-narrow", data="emoji", options={"size": "32"}, settings={"generator_width": 16}),
    Case(name="digits-least-squares", settings={"loss": "least-squares"}, options=NO_CLASSES),
    Case(name="pinwheel-r3gan", **PINWHEEL),
    Case(name="pinwheel-wgan-gp", data=pinwheel, recipe="wgan-gp"),
    Case(name="pinwheel-dcgan-r1", data=pinwheel, recipe="dcgan", settings={"penalties": "r1=0.1"}),
    Case(name="corners-r3gan", **CORNERS),
    Case(name="corners-wgan-gp", data=corners, recipe="wgan-gp"),
    Case(name="corners-hinge", **CORNERS, settings={"loss": "hinge"}),
    Case(name="laid-pinwheel-r3gan", data=partial(laid, pinwheel, 24), recipe="r3gan"),
]
