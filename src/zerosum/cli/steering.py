"""Verbs of `zerosum explore` that lead to something: concepts, directions, pictures."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro

from zerosum.api import Explorer
from zerosum.cli.exploring import Verb, parse_layers
from zerosum.cli.progress import Waiting
from zerosum.core.errors import SettingError
from zerosum.core.seeding import parse_seeds
from zerosum.exploration import Inversion, Move
from zerosum.exploration.scores import score_by_path
from zerosum.latent.concepts import parse
from zerosum.latent.inversion import Descent


@dataclass(frozen=True, kw_only=True)
class Arithmetic(Verb):
    """Compute with concepts, such as "@thick - class:3 + class:7".

    Each one's average is drawn, and the result last. A concept is seeds:1,5,9-12, class:7, attributes:glasses,
    prompt:red heart, or @NAME for a selection, with a factor before it if wanted, as in 0.5*class:7. In z the last
    concept that is added says of which class the result is.
    """

    expression: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="EXPRESSION")]
    """The concepts, with + or - between them, and spaces around these."""
    each: int = 64
    """Samples that a class, attributes or a prompt are averaged over."""
    seed: int = 0
    """Number of the first of these samples."""
    save: str | None = None
    """Keep the result as a selection of this name."""

    def run(self, explorer: Explorer) -> None:
        """Write the sheet; keep the result if that is asked."""
        pictures = explorer.arithmetic(self.expression, self.each, self.seed)
        if self.save is not None:
            explorer.keep(self.save, pictures)
        self.write(pictures, "arithmetic.png", f"{' | '.join(map(str, parse(self.expression)))} | result")


@dataclass(frozen=True, kw_only=True)
class Directions(Verb):
    """Find directions in which samples change, and draw a sample moved along each."""

    method: Literal["pca", "sefa", "concepts", "score"] = "pca"
    """Principal components (GANSpace), closed form (SeFa), to the concept --to from --without, or to more --score."""
    count: int = 8
    """How many, of pca and sefa."""
    samples: int = 2000
    """Samples that are looked at; for concepts, of each."""
    to: str | None = None
    """A concept, as for `arithmetic`."""
    without: str | None = None
    """The concept to part it from."""
    score: str | None = None
    """A function from stored samples (n, height, width, channels) to numbers (n,), as package.module:function or
    file.py:function."""
    seed: int = 0
    """Number of the sample that is moved."""
    reach: float = 3.0
    """How far it is moved to either side, in units of the latents' spread."""
    layers: str | None = None
    """In w: move only these layers, coarsest first, as in 0-2."""
    save: Path | None = None
    """Write the directions as a .safetensors file, for `zerosum explore move`."""

    def run(self, explorer: Explorer) -> None:
        """Write the sheet; save the directions if that is asked."""
        if self.method == "concepts":
            if self.to is None or self.without is None:
                raise SettingError("A direction between concepts needs --to and --without, as in class:7 and class:3.")
            axes = explorer.direction_between(self.to, self.without, self.samples)
        elif self.method == "score":
            if self.score is None:
                raise SettingError("A direction to a higher score needs --score file.py:function.")
            axes = explorer.direction_of_score(score_by_path(self.score), range(self.samples))
        else:
            axes = explorer.directions(self.method, self.count, range(self.samples))
        layers = slice(None) if self.layers is None else parse_layers(self.layers)
        pictures = explorer.sweep(axes, self.seed, self.request(explorer.model), self.reach, layers=layers)
        if self.save is not None:
            print(f"Directions: {axes.save(self.save)}")
        self.write(pictures, "directions.png", f"{len(axes.directions.vectors)} directions")


@dataclass(frozen=True, kw_only=True)
class MoveAlong(Verb):
    """Move numbered samples along saved directions; above, they are as they were."""

    seeds: str = "0-7"
    """Numbers of the samples."""
    direction: tuple[str, ...]
    """Moves as FILE:index=strength, as in pca.safetensors:0=2.5, with spaces between them."""
    layers: str | None = None
    """In w: move only these layers, coarsest first, as in 0-2."""

    def run(self, explorer: Explorer) -> None:
        """Write the sheet."""
        layers = slice(None) if self.layers is None else parse_layers(self.layers)
        moves = [Move.parse(text) for text in self.direction]
        pictures = explorer.move(parse_seeds(self.seeds), moves, self.request(explorer.model), layers)
        self.write(pictures, "move.png", "Before and after")


@dataclass(frozen=True, kw_only=True)
class Invert(Verb):
    """Find the latent of a picture, and draw the picture, the nearest sample and it."""

    picture: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="PICTURE")]
    """A picture of any size; its middle is fitted to the model's size and channels."""
    plus: bool = False
    """In w: a style for each layer of its own (w+), which comes nearer to any picture, and further from the typical."""
    steps: int = 300
    """Of the search."""
    starts: int = 4
    """Searches that begin, each elsewhere."""
    candidates: int = 256
    """Numbered samples among which places to start are looked for."""
    features: str = "random-conv"
    """Network whose features are compared besides pixels, as for `zerosum evaluate`, or none."""
    encoder_steps: int = 0
    """Batches of the model's own samples that an encoder learns from, to say where to start; 0 for no encoder."""
    encoder_minutes: float | None = None
    """After which it learns no more."""
    seed: int = 0
    """Seed of the search, and number of the first candidate."""
    save: str | None = None
    """Keep what was found as a selection of this name, for `arithmetic`."""

    def run(self, explorer: Explorer) -> None:
        """Write the strip and say the error."""
        how = Inversion(
            candidates=self.candidates,
            starts=self.starts,
            layers=self.plus,
            features=self.features,
            encoder_steps=self.encoder_steps,
            encoder_minutes=self.encoder_minutes,
            descent=Descent(steps=self.steps),
            seed=self.seed,
        )
        with Waiting(True) as waiting:
            pictures = explorer.invert(self.picture, how, self.request(explorer.model), waiting.say)
        if self.save is not None:
            explorer.keep(self.save, pictures)
        facts = pictures.facts
        print(
            f"Root mean square error {facts['error']:.2f} of 255 levels ({facts['psnr']:.1f} dB); the nearest numbered "
            f"sample is {facts['start-error']:.2f} away."
        )
        self.write(pictures, "invert.png", "Picture | nearest sample | found")


@dataclass(frozen=True, kw_only=True)
class Select(Verb):
    """Keep numbered samples under a name, for expressions, and draw them."""

    name: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME")]
    """What to call them: in the model's folder, selections/NAME.json, or a .json file."""
    seeds: str
    """Numbers of the samples."""
    score: str | None = None
    """Keep those that score highest: a function as for `directions`."""
    share: float = 0.1
    """The share that is kept where there is a score."""

    def run(self, explorer: Explorer) -> None:
        """Write the sheet."""
        score = None if self.score is None else score_by_path(self.score)
        told = self.request(explorer.model)
        selection = explorer.select(self.name, parse_seeds(self.seeds), told, score, self.share)
        pictures = explorer.draw(selection)
        self.write(pictures, "select.png", f"@{self.name}, {len(pictures.rows)} samples")
