"""State dicts of PyTorch's example of DCGAN: one file for the generator, another for the discriminator."""

import torch
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.imports.imported import DISCRIMINATOR, GENERATOR, Imported, Reading, Weights


def which(weights: Weights) -> str | None:
    """Which of the two networks these weights are of; None for neither.

    Both are rows of layers `main.0`, `main.1` ...: the generator's normalises what its first layer gives, and the
    discriminator's does not.
    """
    if not all(name.startswith("main.") for name in weights) or "main.0.weight" not in weights:
        return None
    return GENERATOR if "main.1.running_mean" in weights else DISCRIMINATOR


def translate(generator: Weights, discriminator: Weights | None) -> Imported:
    """The networks in our terms.

    Raises:
        DataError: They have a form that the recipe has not.
    """
    layers, reading = convolutions(generator), Reading(generator, "generator")
    latent_dim = reading.shape(f"{layers[0]}.weight", 4)[0]
    width, channels, *_ = reading.shape(f"{layers[-1]}.weight", 4)
    side = 4 << (len(layers) - 1)
    settings: dict[str, object] = {"latent_dim": latent_dim, "generator_width": width, "latents": "normal"}
    judge = None
    if discriminator is not None:
        settings["discriminator_width"] = Reading(discriminator, "discriminator").shape("main.0.weight", 4)[0]
        judge = in_our_discriminator(discriminator)
    return Imported(
        recipe="dcgan",
        settings=settings,
        shape=(channels, side, side),
        classes=0,
        generator=in_our_generator(generator, layers),
        discriminator=judge,
    )


def convolutions(weights: Weights) -> list[str]:
    """Names of the layers that are convolutions, in their order.

    Raises:
        DataError: There are too few, or some that are not 4x4.
    """
    layers = sorted({name.rsplit(".", 1)[0] for name, tensor in weights.items() if tensor.dim() == 4}, key=place)
    if len(layers) < 3 or any(weights[f"{layer}.weight"].shape[2:] != (4, 4) for layer in layers):
        raise DataError("its layers are not the 4x4 convolutions of DCGAN, of which there are at least three")
    return layers


def place(layer: str) -> int:
    """Where a layer stands in the row.

    Raises:
        DataError: Its name does not say.
    """
    number = layer.removeprefix("main.")
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        raise DataError(f"its layer {layer} has no place in the row")
    return int(number)


def in_our_generator(weights: Weights, layers: list[str]) -> Weights:
    """Weights under our names: a transposed convolution of one place is a linear map."""
    first, *middle, last = layers
    ours: Weights = {"trunk.project.weight": as_linear(weights[f"{first}.weight"].transpose(0, 1))}
    ours |= normalisation(weights, place(first) + 1, "trunk.first")
    for index, layer in enumerate(middle):
        ours[f"trunk.upsample.{index}.weight"] = weights[f"{layer}.weight"]
        ours |= normalisation(weights, place(layer) + 1, f"trunk.normalise.{index}")
    final = weights[f"{last}.weight"]
    return ours | {"to_picture.weight": final, "to_picture.bias": bias(weights, last, final.shape[1])}


def in_our_discriminator(weights: Weights) -> Weights:
    """Weights under our names: the last convolution, of the whole grid, is a linear map."""
    first, *middle, last = convolutions(weights)
    final = weights[f"{last}.weight"]
    ours: Weights = {
        "layers.0.weight": weights[f"{first}.weight"],
        "layers.0.bias": bias(weights, first, len(weights[f"{first}.weight"])),
        "head.linear.weight": final.permute(0, 2, 3, 1).flatten(1),
        "head.linear.bias": bias(weights, last, 1),
    }
    for layer in middle:
        number = place(layer)
        ours[f"layers.{number}.weight"] = weights[f"{layer}.weight"]
        ours |= normalisation(weights, number + 1, f"layers.{number + 1}")
    return ours


def as_linear(kernel: Tensor) -> Tensor:
    """A kernel (outputs, inputs, rows, columns) over one place as a matrix (rows * columns * outputs, inputs)."""
    return kernel.permute(2, 3, 0, 1).flatten(0, 2)


def normalisation(weights: Weights, number: int, ours: str) -> Weights:
    """The tensors of a batch normalisation."""
    prefix = f"main.{number}."
    return {
        f"{ours}.{name.removeprefix(prefix)}": tensor for name, tensor in weights.items() if name.startswith(prefix)
    }


def bias(weights: Weights, layer: str, width: int) -> Tensor:
    """A layer's bias; the example's layers have none, which is one of zeros."""
    return weights.get(f"{layer}.bias", torch.zeros(width))
