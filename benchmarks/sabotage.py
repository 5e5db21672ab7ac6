"""Trainings that go wrong on purpose, and trainings that do not: what the doctor is examined on.

Each case says what it trains, how it is spoilt, and which failure must be named. All are small: points, or pictures of
28 and 32 pixels, some 15 seconds on one core. The doctor's thresholds were chosen on the cases of the half "tuning";
those of the half "examination" were written down afterwards, on other data, and are what counts. (A first examination
found 76 % of sabotaged runs; its cases, `TUNED`, then became part of the tuning half, and this one took its place.)
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.random import RandomState
from torch import Tensor, nn

from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.config.data import DataOptions
from zerosum.config.optimizer import Adam
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data import Dataset, open_dataset
from zerosum.data.toys import draw_toy
from zerosum.game.adversarial import adversarial_game
from zerosum.game.game import Game, Player
from zerosum.game.priors import Normal
from zerosum.game.rules import rules_of
from zerosum.networks.light import LightDiscriminator, LightGenerator
from zerosum.networks.perceptron import PerceptronDiscriminator, PerceptronGenerator
from zerosum.train.plan import Plan

PICTURES = {"generator_width": 24, "discriminator_width": 16}
"""Networks small enough for the suite."""

LENGTH = {"image": 44_800, "points": 384_000}
"""Samples of one training: 700 rounds of 64 pictures, 3,000 rounds of 128 points."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One training.

    Attributes:
        name: What it is called.
        expected: The failures of which one must be named; none for a healthy training.
        data: A built-in set, or a function that makes a dataset.
        recipe: The recipe, or a function (settings, space) -> game in place of its own.
        settings: What is not as the recipe's defaults have it.
        length: Samples; by default as `LENGTH` says.
        curable: Whether a change of settings can save it.
        healthy: Name of the case that it would be without the sabotage.
        half: "tuning" or "examination".
    """

    name: str
    expected: tuple[str, ...] = ()
    data: str | Callable[[int], Dataset] = "digits"
    recipe: str = "light"
    build: Callable[[Any, Space], Game] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    length: int | None = None
    curable: bool = False
    healthy: str = ""
    half: str = "tuning"

    def plan(self, seed: int, out: Any, on_alarm: str = "warn") -> Plan:
        """The plan of this training with a seed."""
        options = DataOptions(**self.options)
        recipe = find_recipe(self.recipe)
        if not recipe.conditional:
            options = dataclasses.replace(options, conditional=False)
        dataset = self.data(seed) if callable(self.data) else open_dataset(self.data, options)
        kind = dataset.space.kind
        base = recipe.settings(dataset.space)
        small = {name: value for name, value in PICTURES.items() if kind == "image" and hasattr(base, name)}
        settings = dataclasses.replace(base, **(small | self.settings))
        if self.build is not None:
            recipe = dataclasses.replace(recipe, build=self.build)
        length = self.length or LENGTH[kind]
        batch = min(settings.usual_batch, 128 if kind == "points" else 64)
        run = Run(
            seed=seed,
            batch=min(batch, len(dataset.training)),
            samples=length,
            device="cpu",
            log_rounds=8 if kind == "image" else 16,
            probe_rounds=25 if kind == "image" else 100,
            snapshot_seconds=1e9,
            checkpoint_seconds=1.5,
            on_alarm=on_alarm,  # type: ignore[arg-type]
        )
        return Plan(dataset, options, recipe, settings, run, out, f"{self.name}-{seed}", asked_batch=run.batch)


# Data that is spoilt.


def pictures(rows: np.ndarray, labels: np.ndarray | None, tag: str) -> Dataset:
    """A dataset of pictures in memory, with labels or without."""
    whole = open_dataset(rows, DataOptions())
    if labels is None:
        return whole
    names = tuple(map(str, range(labels.max() + 1)))
    shares = np.bincount(labels, minlength=len(names)) / len(labels)
    space = Space(kind="image", shape=whole.space.shape, classes=names, frequencies=tuple(shares.tolist()))
    return dataclasses.replace(whole, space=space, labels=labels, name=tag)


def digits() -> Dataset:
    return open_dataset("digits", DataOptions())


def emoji() -> Dataset:
    return open_dataset("emoji", DataOptions(size="32"))


def some(source: Callable[[], Dataset], count: int, seed: int) -> np.ndarray:
    whole = source()
    return np.asarray(whole.rows)[np.random.default_rng(seed).permutation(len(whole))[:count]]


def hues(seed: int = 0, labelled: bool = True) -> Dataset:
    """Digits in light colours on dark ones, a different pair each."""
    whole = digits()
    ink = np.asarray(whole.rows, np.float32) / 255
    chosen = np.random.default_rng(7).uniform(0, 1, (2, len(ink), 1, 1, 3)).astype(np.float32)
    rows = (ink * (128 + 127 * chosen[0]) + (1 - ink) * 96 * chosen[1]).astype(np.uint8)
    return pictures(rows, whole.labels if labelled else None, "hues")


def heaps(seed: int = 0) -> Dataset:
    """Six Gaussians of different shapes and shares in the plane."""
    generator = np.random.default_rng(11)
    centres, shapes = generator.normal(0, 2, (6, 2)), generator.normal(0, 0.25, (6, 2, 2))
    which = generator.choice(6, 50_000, p=generator.dirichlet(np.full(6, 4.0)))
    rows = centres[which] + np.einsum("nij,nj->ni", shapes[which], generator.normal(size=(50_000, 2)))
    return open_dataset(rows.astype(np.float32), DataOptions())


def few(source: Callable[[], Dataset], count: int, seed: int) -> Dataset:
    """So many pictures and no more."""
    return pictures(some(source, count, seed), None, "few")


def repeated(source: Callable[[], Dataset], count: int, seed: int) -> Dataset:
    """`count` pictures, each of them many times over."""
    return pictures(np.repeat(some(source, count, seed), 2000 // count, axis=0), None, "repeated")


def shuffled_labels(source: Callable[[], Dataset], seed: int) -> Dataset:
    """Pictures whose labels belong to others."""
    whole = source()
    assert whole.labels is not None
    return pictures(np.asarray(whole.rows), np.random.default_rng(seed).permutation(whole.labels), "shuffled")


def blanks(source: Callable[[], Dataset], share: float, seed: int) -> Dataset:
    """Pictures of which a share is black."""
    rows = np.array(source().rows)
    rows[np.random.default_rng(seed).random(len(rows)) < share] = 0
    return pictures(rows, None, "blanks")


def thin(name: str, seed: int) -> Dataset:
    """A toy of two dimensions, laid into sixteen: it fills no volume, so that a discriminator can tell everything."""
    rows = draw_toy(name) @ np.random.default_rng(seed).normal(size=(2, 16)).astype(np.float32)
    return open_dataset(rows, DataOptions())


# Priors and networks that are spoilt.


@dataclass(frozen=True)
class Still(Normal):
    """Latents without variance."""

    def draw(self, batch: Batch) -> Tensor:
        return super().draw(batch) * 0

    def numbered(self, stream: RandomState) -> np.ndarray:
        return super().numbered(stream) * 0


@dataclass(frozen=True)
class Handful(Normal):
    """Latents of which there are only a few different ones."""

    different: int = 3

    def draw(self, batch: Batch) -> Tensor:
        which = (batch.noise.uniform(len(batch)) * self.different).long()
        table = torch.randn(self.different, self.dimension, generator=torch.Generator().manual_seed(0))
        return table[which]

    def numbered(self, stream: RandomState) -> np.ndarray:
        which = stream.randint(self.different)
        table = torch.randn(self.different, self.dimension, generator=torch.Generator().manual_seed(0))
        return table[which].double().numpy()


class Checkered(LightGenerator):
    """A generator whose last layer is a transposed convolution with a kernel that its stride does not divide."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        channels = self.to_picture.out_channels // 4
        self.uneven = nn.ConvTranspose2d(self.to_picture.in_channels, channels, 3, 2, padding=1, output_padding=1)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        x = self.uneven(self.trunk(latent, condition))
        dimmed = torch.ones_like(x[:1, :1])
        dimmed[..., ::2, ::2] = 0.75  # more than the kernel's overlap does by itself, and nothing can make up for it
        return self.pyramid.crop(x.tanh() * dimmed)


class Latticed(LightGenerator):
    """A generator on whose pictures lies a lattice, brighter or darker by chance: nothing makes up for it."""

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        x = super().forward(latent, condition)
        lattice = torch.zeros_like(x[:1, :1])
        lattice[..., ::2, ::2] = 0.3
        return x + lattice * torch.randint(0, 2, (len(x), 1, 1, 1)).mul(2).sub(1)


class Memory(nn.Module):
    """A generator that recites: each latent picks one of the training pictures, with a little learned change."""

    def __init__(self, pictures: Tensor, latent_dim: int) -> None:
        super().__init__()
        self.register_buffer("pictures", pictures)
        self.register_buffer("keys", torch.randn(latent_dim, len(pictures), generator=torch.Generator().manual_seed(1)))
        self.change = nn.Linear(latent_dim, pictures[0].numel())
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        chosen = self.pictures[(latent @ self.keys).argmax(1)]
        return chosen + 0.03 * self.change(latent).view_as(chosen).tanh()


def light_game(config: Any, space: Space, generator: Any = LightGenerator, prior: type[Normal] = Normal) -> Game:
    """The game of `light` with another generator or prior."""
    classes = len(space.classes)
    made = generator(space.shape, config.latent_dim, config.generator_width, config.largest_width, classes)
    opponent = LightDiscriminator(space.shape, config.discriminator_width, config.largest_width, classes)
    return adversarial_game(
        generator=Player(made, config.optimizer, config.average),
        discriminator=Player(opponent, config.optimizer),
        prior=prior(config.latent_dim),
        rules=rules_of(config, space),
    )


def points_game(config: Any, space: Space, prior: type[Normal] = Normal) -> Game:
    """The game of `r3gan` on points with another prior."""
    made = PerceptronGenerator(space.shape, config.latent_dim, config.width, config.blocks)
    opponent = PerceptronDiscriminator(space.shape, config.width, config.blocks, 0, config.magnify)
    return adversarial_game(
        generator=Player(made, config.optimizer, config.average),
        discriminator=Player(opponent, config.optimizer),
        prior=prior(config.latent_dim),
        rules=rules_of(config, space),
    )


def reciting_game(config: Any, space: Space, source: Callable[[], Dataset]) -> Game:
    """The game of `light` with a generator that has the training pictures by heart."""
    dataset = source()
    known = dataset.codec.encode(torch.from_numpy(np.asarray(dataset.rows)[dataset.training]))
    return light_game(config, space, generator=lambda shape, latent, *rest: Memory(known, latent))


def fast(rate: float, **more: Any) -> Adam:
    return Adam(rate=rate, betas=(0.5, 0.99), **more)


PLAIN = {"penalties": "none", "loss": "non-saturating"}
NO_CLASSES = {"conditional": False}

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
        settings=PLAIN
        | {"loss": "minimax", "pretrain_samples": 6_400, "pretrain_accuracy": 1.0, "discriminator_rate": 3.0},
        curable=True,
        healthy="digits-light",
    ),
    Case(
        name="discriminator-rate-100-points",
        expected=("overpowering-discriminator",),
        data=partial(thin, "ring"),
        recipe="r3gan",
        settings=PLAIN | {"discriminator_rate": 100.0, "optimizer": Adam(rate=3e-5, betas=(0.5, 0.9))},
    ),
    Case(
        name="discriminator-rate-30-pictures",
        expected=("overpowering-discriminator",),
        settings=PLAIN | {"discriminator_rate": 10.0, "discriminator_steps": 3},
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
        settings=PLAIN | {"optimizer": Adam(rate=1e-2, betas=(0.9, 0.99))},
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

EMOJI: dict[str, Any] = {"data": "emoji", "options": {"size": "32"}}
EMOJI_PLAIN: dict[str, Any] = {"data": "emoji", "options": {"size": "32", "conditional": False}}

TUNED = [
    Case(
        name="saturated-moons",
        expected=("vanishing-gradient",),
        data="moons",
        recipe="dcgan",
        settings={
            "loss": "minimax",
            "pretrain_samples": 80_000,
            "pretrain_accuracy": 1.0,
            "discriminator_rate": 10.0,
            "discriminator_steps": 5,
        },
        curable=True,
        healthy="moons-r3gan",
    ),
    Case(
        name="saturated-emoji",
        expected=("vanishing-gradient",),
        **EMOJI,
        settings=PLAIN
        | {"loss": "minimax", "pretrain_samples": 6_400, "pretrain_accuracy": 1.0, "discriminator_rate": 3.0},
        curable=True,
        healthy="emoji-light",
    ),
    Case(
        name="discriminator-ahead-emoji",
        expected=("overpowering-discriminator",),
        **EMOJI,
        settings=PLAIN | {"discriminator_rate": 10.0, "discriminator_steps": 3},
        curable=True,
        healthy="emoji-light",
    ),
    Case(
        name="discriminator-ahead-thin",
        expected=("overpowering-discriminator",),
        data=partial(thin, "moons"),
        recipe="r3gan",
        settings=PLAIN | {"discriminator_rate": 30.0, "optimizer": Adam(rate=1e-4, betas=(0.5, 0.9))},
    ),
    Case(
        name="weak-discriminator-grid",
        expected=("weak-discriminator",),
        data="grid",
        recipe="r3gan",
        settings={"discriminator_rate": 1e-4},
        curable=True,
        healthy="grid-r3gan",
    ),
    Case(
        name="weak-discriminator-emoji",
        expected=("weak-discriminator",),
        **EMOJI,
        settings={"discriminator_rate": 1e-4},
        curable=True,
        healthy="emoji-light",
    ),
    Case(
        name="flattened-moons",
        expected=("useless-discriminator",),
        data="moons",
        recipe="r3gan",
        settings={"penalties": "r1=0.05", "final_penalty": 1e6, "penalty_samples": 60_000},
        curable=True,
        healthy="moons-r3gan",
    ),
    Case(name="no-latent-emoji", expected=("mode-collapse",), **EMOJI_PLAIN, build=partial(light_game, prior=Still)),
    Case(
        name="no-latent-moons",
        expected=("mode-collapse",),
        data="moons",
        recipe="r3gan",
        build=partial(points_game, prior=Still),
    ),
    Case(
        name="handful-emoji",
        expected=("partial-collapse",),
        **EMOJI_PLAIN,
        build=partial(light_game, prior=partial(Handful, different=8)),  # type: ignore[arg-type]
    ),
    Case(
        name="handful-grid",
        expected=("partial-collapse",),
        data="grid",
        recipe="r3gan",
        build=partial(points_game, prior=partial(Handful, different=6)),  # type: ignore[arg-type]
    ),
    Case(
        name="circling-grid",
        expected=("oscillation",),
        data="grid",
        recipe="r3gan",
        settings=PLAIN | {"optimizer": Adam(rate=1e-2, betas=(0.9, 0.99))},
        curable=True,
        healthy="grid-r3gan",
    ),
    Case(
        name="hundred-emoji",
        expected=("overfitting",),
        data=partial(few, emoji, 100),
        settings={"penalties": "none", "discriminator_width": 32},
        length=90_000,
    ),
    Case(name="overflow-pictures", expected=("not-finite",), settings={"penalties": "r1=1e37", "penalty_every": 1}),
    Case(
        name="exploding-critic-moons",
        expected=("exploding-gradient", "not-finite"),
        data="moons",
        recipe="wgan-gp",
        settings={"penalties": "none", "optimizer": fast(3e-2)},
        curable=True,
        healthy="moons-wgan-gp",
    ),
    Case(
        name="late-emoji",
        expected=("late-collapse",),
        **EMOJI,
        settings={"optimizer": Adam(rate=5e-4, betas=(0.0, 0.99), final_rate=0.02, decay_samples=44_000)},
        curable=True,
        healthy="emoji-light",
    ),
    Case(
        name="late-moons",
        expected=("late-collapse",),
        data="moons",
        recipe="r3gan",
        settings={"optimizer": Adam(rate=3e-3, betas=(0.5, 0.9), final_rate=0.2, decay_samples=200_000)},
        curable=True,
        healthy="moons-r3gan",
    ),
    Case(name="latticed-emoji", expected=("checkerboard",), **EMOJI, build=partial(light_game, generator=Latticed)),
    Case(name="reciting-emoji", expected=("memorisation",), **EMOJI_PLAIN, build=partial(reciting_game, source=emoji)),
    Case(
        name="standing-emoji",
        expected=("no-progress",),
        **EMOJI,
        settings={"optimizer": Adam(rate=1e-8, betas=(0.0, 0.99))},
        curable=True,
        healthy="emoji-light",
    ),
    Case(
        name="standing-moons",
        expected=("no-progress",),
        data="moons",
        recipe="r3gan",
        settings={"optimizer": Adam(rate=1e-8, betas=(0.5, 0.9))},
        curable=True,
        healthy="moons-r3gan",
    ),
    Case(name="five-emoji-repeated", expected=("duplicates",), data=partial(repeated, emoji, 5), length=6_400),
    Case(name="shuffled-emoji", expected=("labels",), data=partial(shuffled_labels, emoji), length=6_400),
    Case(name="blank-emoji", expected=("blank",), data=partial(blanks, emoji, 0.25), length=6_400),
    Case(name="forty-digits", expected=("few",), data=partial(few, digits, 40), length=6_400),
    Case(name="digits-light-average", settings={"loss": "relativistic-average"}),
    Case(name="digits-light-wide", settings={"generator_width": 32, "discriminator_width": 24}),
    Case(name="emoji-light-plain", **EMOJI_PLAIN),
    Case(name="digits-light-ada", settings={"augment": "ada"}),
    Case(name="moons-r3gan", data="moons", recipe="r3gan"),
    Case(name="disjoint-r3gan", data="disjoint", recipe="r3gan"),
    Case(name="grid-wgan-gp", data="grid", recipe="wgan-gp"),
    Case(name="ring-hinge", data="ring", recipe="r3gan", settings={"loss": "hinge", "penalties": "r1=0.05"}),
    Case(name="gaussian-dcgan", data="gaussian", recipe="dcgan"),
    Case(name="ring-dcgan-r1", data="ring", recipe="dcgan", settings={"penalties": "r1=0.1"}),
]

HUES: dict[str, Any] = {"data": hues}
HUES_PLAIN: dict[str, Any] = {"data": partial(hues, labelled=False)}
WIDE: dict[str, Any] = {"data": "ring", "recipe": "r3gan", "options": {"sigma": 0.12}}
HEAPS: dict[str, Any] = {"data": heaps, "recipe": "r3gan"}

EXAMINED = [
    Case(
        name="saturated-heaps",
        expected=("vanishing-gradient",),
        data=heaps,
        recipe="dcgan",
        settings={
            "loss": "minimax",
            "pretrain_samples": 60_000,
            "pretrain_accuracy": 1.0,
            "discriminator_rate": 10.0,
            "discriminator_steps": 5,
        },
        curable=True,
        healthy="heaps-r3gan",
    ),
    Case(
        name="saturated-hues",
        expected=("vanishing-gradient",),
        **HUES,
        settings=PLAIN
        | {"loss": "minimax", "pretrain_samples": 6_400, "pretrain_accuracy": 1.0, "discriminator_rate": 3.0},
        curable=True,
        healthy="hues-light",
    ),
    Case(
        name="discriminator-ahead-hues",
        expected=("overpowering-discriminator",),
        **HUES,
        settings=PLAIN | {"discriminator_rate": 10.0, "discriminator_steps": 3},
        curable=True,
        healthy="hues-light",
    ),
    Case(
        name="discriminator-ahead-digits",
        expected=("overpowering-discriminator",),
        options=NO_CLASSES,
        settings=PLAIN | {"discriminator_rate": 20.0, "discriminator_steps": 2},
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
        settings=PLAIN | {"optimizer": Adam(rate=1e-2, betas=(0.9, 0.99))},
        curable=True,
        healthy="wide-r3gan",
    ),
    Case(
        name="sixty-hues",
        expected=("overfitting",),
        data=partial(few, partial(hues, labelled=False), 80),
        settings={"penalties": "none", "discriminator_width": 32},
        length=60_000,
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
    Case(name="heaps-wgan-gp", data=heaps, recipe="wgan-gp"),
    Case(name="wide-r3gan", **WIDE),
    Case(name="wide-least-squares", **WIDE, settings={"loss": "least-squares"}),
    Case(name="grid-spread-r3gan", data="grid", recipe="r3gan", options={"sigma": 0.06}),
    Case(name="gaussian-wgan-gp", data="gaussian", recipe="wgan-gp"),
    Case(name="digits-light-lecam", settings={"penalties": "r1=1,r2=1,lecam"}),
]

ALL = [*SABOTAGED, *HEALTHY, *TUNED, *(dataclasses.replace(case, half="examination") for case in EXAMINED)]
CASES = {case.name: case for case in ALL}
