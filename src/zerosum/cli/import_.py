"""`zerosum import FILE`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from zerosum.api import import_checkpoint
from zerosum.core.files import replacing

SHOWN = 64
"""Samples on the contact sheet."""


@dataclass(frozen=True, kw_only=True)
class Import:
    """Make a model of another tool's checkpoint, of which nothing is executed.

    FILE is a .pkl of StyleGAN2 (the ADA and StyleGAN3 tools) or of R3GAN, or a state dict (.pth, .pt, .safetensors) of
    the generator of PyTorch's DCGAN example or of BigGAN-PyTorch.
    """

    file: Annotated[Path, tyro.conf.Positional]
    """The checkpoint."""
    out: Path
    """The folder to write the model to."""
    discriminator: Path | None = None
    """The discriminator's file, for tools that save it on its own; needed only to train the model on."""


def main(arguments: Sequence[str]) -> None:
    """Parse the command's arguments and do what they say."""
    command = tyro.cli(Import, prog="zerosum import", args=arguments)
    model = import_checkpoint(command.file, command.discriminator)
    folder = model.save(command.out)
    sheet = folder / "samples.png"
    rows = model.sample(SHOWN)
    with replacing(sheet) as temporary:
        model.codec.sheet(rows).save(temporary, format="png")
    shape = " x ".join(map(str, model.space.shape))
    told = f", {len(model.space.classes)} classes" if model.space.classes else ""
    print(f"{model.recipe.name}, {shape}{told}, {model.parameters:,} weights: {folder}\nContact sheet: {sheet}")
    print("Try next:")
    print(f"  zerosum sample {folder} --seeds 0-63")
    print(f"  zerosum train YOUR_PICTURES --from {folder}")
