"""The data of the sabotage suite: small sets that are made here, and ways to spoil a set."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw, ImageFont

from zerosum.config.data import DataOptions
from zerosum.core.space import Space
from zerosum.data import Dataset, open_dataset


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


def figures(seed: int = 0, labelled: bool = True) -> Dataset:
    """Discs, squares, triangles and rings of 32 pixels, in any colour, size and place on a grey ground."""
    generator = np.random.default_rng(23)
    count, side = 4_000, 32
    y, x = np.mgrid[:side, :side] + 0.5
    which = generator.integers(0, 4, count)
    middle, radius = generator.uniform(10, 22, (2, count, 1, 1)), generator.uniform(5, 9, (count, 1, 1))
    down, right = y - middle[0], x - middle[1]
    disc = radius - np.hypot(down, right)
    inside = np.select(
        [which[:, None, None] == kind for kind in range(4)],
        [
            disc,
            0.85 * radius - np.maximum(abs(down), abs(right)),
            np.minimum(0.6 * radius - down, (down + radius) / 2 - abs(right)),
            np.minimum(disc, 0.5 * radius - disc),
        ],
    )
    ink = np.clip(inside + 0.5, 0, 1)[..., None]
    colour, ground = generator.uniform(60, 255, (count, 1, 1, 3)), generator.uniform(90, 140, (count, 1, 1, 1))
    return pictures((ink * colour + (1 - ink) * ground).astype(np.uint8), which if labelled else None, "figures")


def overlaid(seed: int = 0) -> Dataset:
    """Two digits, one over the other, in grey."""
    rows = np.asarray(digits().rows)
    other = rows[np.random.default_rng(29).permutation(len(rows))]
    return pictures(np.maximum(rows, (0.6 * other).astype(np.uint8)), None, "overlaid")


def pinwheel(seed: int = 0) -> Dataset:
    """Five bent arms in the plane."""
    generator = np.random.default_rng(31)
    along, across = generator.normal(1.2, 0.35, 50_000), generator.normal(0, 0.06, 50_000)
    turn = 2 * np.pi * generator.integers(0, 5, 50_000) / 5 + 0.5 * np.exp(along / 2)
    rows = np.stack([along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn)], 1)
    return open_dataset(rows.astype(np.float32), DataOptions())


def corners(seed: int = 0) -> Dataset:
    """Gaussians at the eight corners of a cube."""
    generator = np.random.default_rng(37)
    rows = generator.choice([-1.0, 1.0], (50_000, 3)) + generator.normal(0, 0.15, (50_000, 3))
    return open_dataset(rows.astype(np.float32), DataOptions())


def letters(seed: int = 0, labelled: bool = True) -> Dataset:
    """Capital letters of 28 pixels, of any size, place and slant."""
    generator = np.random.default_rng(41)
    which = generator.integers(0, 26, 4_000)
    rows = np.zeros((len(which), 28, 28, 1), np.uint8)
    for row, letter in zip(rows, which, strict=True):
        picture = Image.new("L", (28, 28))
        font = ImageFont.load_default(int(generator.integers(15, 23)))
        place = tuple(generator.uniform(11, 17, 2))
        ImageDraw.Draw(picture).text(place, chr(65 + letter), 255, font, anchor="mm")
        row[..., 0] = np.asarray(picture.rotate(generator.uniform(-20, 20), Image.Resampling.BILINEAR))
    return pictures(rows, which if labelled else None, "letters")


def flags(seed: int = 0, labelled: bool = True) -> Dataset:
    """Three stripes, across or down, each in a colour of its own, of 32 pixels."""
    generator = np.random.default_rng(43)
    count = 4_000
    colours = generator.integers(20, 255, (count, 3, 3))
    stripe = np.repeat(np.arange(3), (11, 10, 11))
    rows = np.broadcast_to(colours[:, stripe, None], (count, 32, 32, 3)).copy()
    down = generator.random(count) < 0.5
    rows[down] = rows[down].swapaxes(1, 2)
    return pictures(rows.astype(np.uint8), down.astype(np.int64) if labelled else None, "flags")


def circles(seed: int = 0) -> Dataset:
    """Two circles, one in the other."""
    generator = np.random.default_rng(47)
    turn, radius = generator.uniform(0, 2 * np.pi, 50_000), generator.choice([0.8, 2.0], 50_000)
    rows = radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1) + generator.normal(0, 0.06, (50_000, 2))
    return open_dataset(rows.astype(np.float32), DataOptions())


def scroll(seed: int = 0) -> Dataset:
    """A sheet in space, bent like an S."""
    generator = np.random.default_rng(53)
    along, across = generator.uniform(-1.5 * np.pi, 1.5 * np.pi, 50_000), generator.uniform(-1, 1, 50_000)
    rows = np.stack([np.sin(along), across, np.sign(along) * (np.cos(along) - 1)], 1)
    return open_dataset((rows + generator.normal(0, 0.05, rows.shape)).astype(np.float32), DataOptions())


def quartered(rows: np.ndarray) -> np.ndarray:
    """Drawings (n, 112, 112) as smooth pictures (n, 28, 28, 1)."""
    return rows.reshape(-1, 28, 4, 28, 4).mean((2, 4)).astype(np.uint8)[..., None]


def clocks(seed: int = 0, labelled: bool = True) -> Dataset:
    """Clock faces of 28 pixels that show any time, by the quarter of the hour."""
    generator = np.random.default_rng(59)
    minutes = generator.integers(0, 720, 4_000)
    rows = np.zeros((len(minutes), 112, 112), np.uint8)
    for row, time in zip(rows, minutes, strict=True):
        picture = Image.new("L", (112, 112))
        pen, x, y, radius = ImageDraw.Draw(picture), *generator.uniform(48, 64, 2), generator.uniform(36, 46)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=200, width=6)
        for turn, length, width in ((time / 720, 0.5, 10), (time / 60, 0.8, 6)):
            tip = (x + length * radius * np.sin(2 * np.pi * turn), y - length * radius * np.cos(2 * np.pi * turn))
            pen.line(((x, y), tip), fill=255, width=width)
        row[:] = np.asarray(picture)
    return pictures(quartered(rows), minutes % 60 // 15 if labelled else None, "clocks")


def waves(seed: int = 0) -> Dataset:
    """Two crossing waves of 32 pixels, each of any length, direction and colour."""
    generator = np.random.default_rng(61)
    count, (y, x) = 4_000, np.mgrid[:32, :32]
    rows = np.full((count, 32, 32, 3), 127.0)
    for _ in range(2):
        direction, length, phase = generator.uniform(0, 1, (3, count, 1, 1))
        along = x * np.cos(2 * np.pi * direction) + y * np.sin(2 * np.pi * direction)
        wave = np.sin(2 * np.pi * (along / (10 + 20 * length) + phase))
        rows += 60 * wave[..., None] * generator.uniform(-1, 1, (count, 1, 1, 3))
    return pictures(rows.clip(0, 255).astype(np.uint8), None, "waves")


def petals(seed: int = 0) -> Dataset:
    """A rose of three petals."""
    generator = np.random.default_rng(67)
    turn = generator.uniform(0, np.pi, 50_000)
    rows = 2 * np.cos(3 * turn)[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    return open_dataset((rows + generator.normal(0, 0.06, rows.shape)).astype(np.float32), DataOptions())


def helix(seed: int = 0) -> Dataset:
    """Two turns of a spring in space."""
    generator = np.random.default_rng(71)
    turn = generator.uniform(-2 * np.pi, 2 * np.pi, 50_000)
    rows = np.stack([np.cos(turn), np.sin(turn), turn / 4], 1)
    return open_dataset((rows + generator.normal(0, 0.05, rows.shape)).astype(np.float32), DataOptions())


def faces(seed: int = 0, labelled: bool = True) -> Dataset:
    """Drawn faces of 28 pixels that are glad, sad or silent, dark on light."""
    generator = np.random.default_rng(73)
    mood = generator.integers(0, 3, 4_000)
    rows = np.zeros((len(mood), 112, 112), np.uint8)
    for row, kind in zip(rows, mood, strict=True):
        picture = Image.new("L", (112, 112), 230)
        pen, x, y, size = ImageDraw.Draw(picture), *generator.uniform(50, 62, 2), generator.uniform(0.75, 1.1)
        wide, high, apart = (
            size * generator.uniform(34, 44),
            size * generator.uniform(34, 44),
            size * generator.uniform(11, 20),
        )
        pen.ellipse((x - wide, y - high, x + wide, y + high), fill=150, outline=30, width=5)
        for side in (-1, 1):
            eye, width = x + side * apart, size * generator.uniform(4, 7)
            pen.ellipse((eye - width, y - 18 * size, eye + width, y - 18 * size + 2 * width), fill=20)
        mouth = (x - 18 * size, y + 4 * size, x + 18 * size, y + 26 * size)
        if kind == 2:
            pen.line((mouth[0], y + 16 * size, mouth[2], y + 16 * size), fill=20, width=6)
        else:
            pen.arc(mouth, *((20, 160) if kind == 0 else (200, 340)), fill=20, width=6)
        row[:] = np.asarray(picture)
    return pictures(quartered(rows), mood if labelled else None, "faces")


def star(seed: int = 0) -> Dataset:
    """The outline of a star with five points."""
    generator = np.random.default_rng(79)
    turn = np.arange(11) * np.pi / 5
    corners = np.where(np.arange(11) % 2, 0.9, 2.2)[:, None] * np.stack([np.cos(turn), np.sin(turn)], 1)
    side, along = generator.integers(0, 10, 50_000), generator.random((50_000, 1))
    rows = corners[side] * (1 - along) + corners[side + 1] * along + generator.normal(0, 0.06, (50_000, 2))
    return open_dataset(rows.astype(np.float32), DataOptions())


def torus(seed: int = 0) -> Dataset:
    """The surface of a ring in space."""
    generator = np.random.default_rng(83)
    around, across = generator.uniform(0, 2 * np.pi, (2, 50_000))
    radius = 1.5 + 0.6 * np.cos(across)
    rows = np.stack([radius * np.cos(around), radius * np.sin(around), 0.6 * np.sin(across)], 1)
    return open_dataset((rows + generator.normal(0, 0.04, rows.shape)).astype(np.float32), DataOptions())


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


def laid(source: Callable[[], Dataset], dimensions: int, seed: int) -> Dataset:
    """Points laid into a space of more dimensions, where they fill no volume: a discriminator can tell everything."""
    rows = np.asarray(source().rows)
    onto = np.random.default_rng(seed).normal(size=(rows.shape[1], dimensions)).astype(np.float32)
    return open_dataset(rows @ onto, DataOptions())


def thin(name: str, seed: int) -> Dataset:
    """A toy of two dimensions, laid into sixteen."""
    return laid(lambda: open_dataset(name, DataOptions()), 16, seed)


def orders(seed: int = 0) -> Dataset:
    """A shop's orders: what, where, by whom, how much and for how much, each with something to do with the others."""
    generator = np.random.default_rng(31)
    count = 6_000
    goods = np.array(["bread", "cheese", "honey", "tea", "wine", "salt", "rice", "oil"])
    what = generator.choice(8, count, p=[0.3, 0.18, 0.12, 0.12, 0.1, 0.08, 0.06, 0.04])
    where = (what + generator.choice(5, count, p=[0.5, 0.2, 0.15, 0.1, 0.05])) % 5
    member = generator.random(count) < np.where(where == 2, 0.8, 0.3)
    many = 1 + generator.poisson(np.where(member, 3.0, 1.0))
    price = np.array([2.5, 7, 9, 5, 11, 1.5, 3, 8])[what] * many * generator.lognormal(0, 0.15, count)
    frame = pd.DataFrame(
        {
            "what": goods[what],
            "where": np.array(["north", "south", "east", "west", "post"])[where],
            "member": np.where(member, "yes", "no"),
            "many": many,
            "price": price.round(2),
        }
    )
    return open_dataset(frame, DataOptions())
