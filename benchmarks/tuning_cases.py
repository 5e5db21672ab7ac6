"""Cases of built-in data that the thresholds were chosen on."""

from functools import partial

from sabotage import NO_CLASSES, PLAIN_GAME, Case, fast
from spoiling import Checkered, Handful, Still, light_game, points_game, reciting_game
from suite_data import blanks, digits, few, repeated, shuffled_labels, thin

from zerosum.config.optimizer import Adam

SABOTAGED = [
    Case(
        name="saturated-points",
        expected=("vanishing-gradient",),
        data="ring",
        recipe="dcgan",
        settings={"loss": "minimax", "pretrain_samples": 40_000, "pretrain_accuracy": 1.0, "discriminator_rate": 10.0},
        curable=True,
        healthy="ring-r3gan",
    ),
    Case(
        name="saturated-pictures",
        expected=("vanishing-gradient",),
        settings=PLAIN_GAME
        | {"loss": "minimax", "pretrain_samples": 6_400, "pretrain_accuracy": 1.0, "discriminator_rate": 3.0},
        curable=True,
        healthy="digits-light",
    ),
    Case(
        name="discriminator-rate-100-points",
        expected=("overpowering-discriminator",),
        data=partial(thin, "ring"),
        recipe="r3gan",
        settings=PLAIN_GAME | {"discriminator_rate": 100.0, "optimizer": Adam(rate=3e-5, betas=(0.5, 0.9))},
    ),
    Case(
        name="discriminator-rate-30-pictures",
        expected=("overpowering-discriminator",),
        settings=PLAIN_GAME | {"discriminator_rate": 10.0, "discriminator_steps": 3},
        curable=True,
        healthy="digits-light",
    ),
    Case(
        name="weak-discriminator-points",
        expected=("weak-discriminator",),
        data="ring",
        recipe="r3gan",
        settings={"discriminator_rate": 1e-4},
        curable=True,
        healthy="ring-r3gan",
    ),
    Case(
        name="weak-discriminator-pictures",
        expected=("weak-discriminator",),
        settings={"discriminator_rate": 1e-4},
        curable=True,
        healthy="digits-light",
    ),
    Case(
        name="flattened-points",
        expected=("useless-discriminator",),
        data="ring",
        recipe="r3gan",
        settings={"penalties": "r1=0.02,r2=0.02", "final_penalty": 1e6, "penalty_samples": 80_000},
    ),
    Case(
        name="flattened-pictures",
        expected=("useless-discriminator",),
        settings={"penalties": "r1=1,r2=1", "penalty_every": 4, "final_penalty": 1e5, "penalty_samples": 9_000},
    ),
    Case(
        name="no-latent-pictures",
        expected=("mode-collapse",),
        build=partial(light_game, prior=Still),
        options=NO_CLASSES,
    ),
    Case(
        name="no-latent-points",
        expected=("mode-collapse",),
        data="ring",
        recipe="r3gan",
        build=partial(points_game, prior=Still),
    ),
    Case(
        name="handful-pictures",
        expected=("partial-collapse", "mode-collapse"),
        build=partial(light_game, prior=partial(Handful, different=4)),  # type: ignore[arg-type]
        options=NO_CLASSES,
    ),
    Case(
        name="handful-points",
        expected=("partial-collapse",),
        data="ring",
        recipe="r3gan",
        build=partial(points_game, prior=partial(Handful, different=4)),  # type: ignore[arg-type]
    ),
    Case(
        name="circling-points",
        expected=("oscillation",),
        data="ring",
        recipe="r3gan",
        settings=PLAIN_GAME | {"optimizer": Adam(rate=1e-2, betas=(0.9, 0.99))},
        curable=True,
        healthy="ring-r3gan",
    ),
    Case(
        name="hundred-pictures",
        expected=("overfitting",),
        data=partial(few, digits, 100),
        settings={"penalties": "none", "discriminator_width": 32},
    ),
    Case(
        name="overflow-points",
        expected=("not-finite",),
        data="ring",
        recipe="r3gan",
        settings={"magnify": 1e25},
    ),
    Case(
        name="rate-1000-pictures",
        expected=("not-finite", "exploding-gradient"),
        settings={"optimizer": fast(3.0), "loss": "wasserstein", "penalties": "none"},
        curable=True,
        healthy="digits-light",
    ),
    Case(
        name="exploding-critic-points",
        expected=("exploding-gradient", "not-finite"),
        data="ring",
        recipe="wgan-gp",
        settings={"penalties": "none", "optimizer": fast(3e-2)},
        curable=True,
        healthy="ring-wgan-gp",
    ),
    Case(
        name="late-pictures",
        expected=("late-collapse",),
        settings={"optimizer": Adam(rate=2e-3, betas=(0.0, 0.99), final_rate=0.03, decay_samples=34_000)},
        curable=True,
        healthy="digits-light",
    ),
    Case(
        name="late-points",
        expected=("late-collapse",),
        data="ring",
        recipe="r3gan",
        settings={"optimizer": Adam(rate=3e-3, betas=(0.5, 0.9), final_rate=0.2, decay_samples=200_000)},
        curable=True,
        healthy="ring-r3gan",
    ),
    Case(name="checkered-pictures", expected=("checkerboard",), build=partial(light_game, generator=Checkered)),
    Case(
        name="reciting-pictures",
        expected=("memorisation",),
        build=partial(reciting_game, source=digits),
        options=NO_CLASSES,
    ),
    Case(
        name="standing-pictures",
        expected=("no-progress",),
        settings={"optimizer": Adam(rate=1e-8, betas=(0.0, 0.99))},
        curable=True,
        healthy="digits-light",
    ),
    Case(
        name="standing-points",
        expected=("no-progress",),
        data="ring",
        recipe="r3gan",
        settings={"optimizer": Adam(rate=1e-8, betas=(0.5, 0.9))},
        curable=True,
        healthy="ring-r3gan",
    ),
    Case(name="one-picture", expected=("duplicates",), data=partial(repeated, digits, 1), length=6_400),
    Case(name="twenty-pictures-repeated", expected=("duplicates",), data=partial(repeated, digits, 20), length=6_400),
    Case(name="shuffled-labels", expected=("labels",), data=partial(shuffled_labels, digits), length=6_400),
    Case(name="blank-pictures", expected=("blank",), data=partial(blanks, digits, 0.33), length=6_400),
]

HEALTHY = [
    Case(name="digits-light"),
    Case(name="digits-light-plain", options=NO_CLASSES),
    Case(name="digits-light-r1", settings={"penalties": "r1=2"}),
    Case(name="emoji-light", data="emoji", options={"size": "32"}),
    Case(name="ring-r3gan", data="ring", recipe="r3gan"),
    Case(name="ring-wgan-gp", data="ring", recipe="wgan-gp"),
    Case(name="grid-r3gan", data="grid", recipe="r3gan"),
    Case(name="moons-wgan-gp", data="moons", recipe="wgan-gp"),
    Case(name="gaussian-r3gan", data="gaussian", recipe="r3gan"),
    Case(name="moons-dcgan-r1", data="moons", recipe="dcgan", settings={"penalties": "r1=0.1"}),
]
