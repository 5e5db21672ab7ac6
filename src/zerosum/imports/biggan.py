"""State dicts of BigGAN-PyTorch (Brock, 2019), whose networks are those of Brock et al. 2019 (arXiv:1809.11096).

One file for the generator, another for the discriminator. Each weight stands beside the vector `u0` from which its
largest singular value is estimated; ours keeps the vector after the step that theirs takes before it divides.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from zerosum.core.errors import DataError
from zerosum.imports.imported import DISCRIMINATOR, GENERATOR, Imported, Reading, Weights

LAYERS_OF_ATTENTION = {"theta": "query", "phi": "key", "g": "value", "o": "answer"}
"""What the layers of self-attention are called there, and here."""

SHARED = "shared.weight"
"""The class embedding that all blocks share."""

FIRST_SIDE = 4
"""Side of the generator's smallest grid."""

SEEN_HALVINGS = {32: 2, 64: 4, 128: 5, 256: 6, 512: 7}
"""Blocks of the discriminator that halve the grid, by the picture's side."""


def which(weights: Weights) -> str | None:
    """Which of the two networks these weights are of; None for neither."""
    if "blocks.0.0.conv1.weight" not in weights:
        return None
    return DISCRIMINATOR if "output_layer.2.weight" not in weights else GENERATOR


def translate(generator: Weights, discriminator: Weights | None) -> Imported:
    """The networks in our terms: those of BigGAN, or of SAGAN where each block has class embeddings of its own.

    Raises:
        DataError: They have a form that neither recipe has.
    """
    reading = Reading(generator, "generator")
    blocks = reading.count("blocks.{}.0.conv1.weight")
    widths = [reading.shape(f"blocks.{index}.0.conv1.weight", 4)[1] for index in range(blocks)]
    channels, last, *_ = reading.shape("output_layer.2.weight", 4)
    side = FIRST_SIDE << blocks
    recipe, classes, settings = told(reading)
    settings |= {
        "generator_widths": [*widths, last],
        "attention": attended(generator, [FIRST_SIDE << (index + 1) for index in range(blocks)]),
        "pooled_attention": True,
        "generator_spectral_norm": "linear.u0" in generator,
    }
    judge = None
    if discriminator is not None:
        settings |= discriminator_settings(discriminator, side, settings["attention"])
        judge = in_our_discriminator(discriminator)
    return Imported(
        recipe=recipe,
        settings=settings,
        shape=(channels, side, side),
        classes=classes,
        generator=in_our_generator(generator, blocks, widths[0]),
        discriminator=judge,
    )


def told(reading: Reading) -> tuple[str, int, dict[str, Any]]:
    """The recipe, how many classes there are, and how they and the latent reach the blocks of the generator.

    Raises:
        DataError: In a way that neither recipe has.
    """
    latent = reading.shape("linear.weight", 2)[1]
    gain = reading.shape("blocks.0.0.bn1.gain.weight", 2)
    if SHARED not in reading.weights:
        return "sagan", gain[0], {"latent_dim": latent}
    classes, embedding = reading.shape(SHARED, 2)
    if gain[1] not in (embedding, embedding + latent):
        raise DataError(
            f"its blocks are told {gain[1]} numbers; a class's embedding has {embedding}, and with a chunk of the "
            f"latent there are {embedding + latent}"
        )
    hierarchical = gain[1] != embedding
    return "biggan", classes, {"chunk_dim": latent, "class_embedding_dim": embedding, "hierarchical": hierarchical}


def discriminator_settings(weights: Weights, side: int, attention: int | None) -> dict[str, Any]:
    """What our recipe has to be told of the discriminator.

    Raises:
        DataError: Its cells attend to each other on another grid than the generator's.
    """
    reading = Reading(weights, "discriminator")
    count = reading.count("blocks.{}.0.conv1.weight")
    if attended(weights, [side >> (index + 1) for index in range(count)]) != attention:
        raise DataError("its generator and its discriminator attend on grids of different sizes; ours share one")
    return {
        "discriminator_widths": [reading.shape(f"blocks.{index}.0.conv1.weight", 4)[0] for index in range(count)],
        "discriminator_halvings": SEEN_HALVINGS.get(side, count - 1),
        "spectral_norm": "linear.u0" in weights,
    }


def attended(weights: Weights, sides: list[int]) -> int | None:
    """Side of the grid, behind one of the blocks, whose cells attend to each other."""
    found = [side for index, side in enumerate(sides) if f"blocks.{index}.1.theta.weight" in weights]
    if len(found) > 1:
        raise DataError(f"its cells attend to each other on grids of {found}; one of them can be imported")
    return found[0] if found else None


def in_our_generator(weights: Weights, blocks: int, first: int) -> Weights:
    """Weights under our names."""
    # Ours keeps the numbers of a place together, and has the class's embedding behind the chunk of the latent.
    embedding = weights[SHARED].shape[1] if SHARED in weights else 0
    linear = weights["linear.weight"].unflatten(0, (first, -1)).transpose(0, 1).flatten(0, 1)
    ours: Weights = {
        "synthesis.project.bias": weights["linear.bias"].unflatten(0, (first, -1)).T.flatten(),
    }
    if SHARED in weights:
        ours["told.embedding.weight"] = weights[SHARED]
    ours |= bounded("synthesis.project", linear, weights.get("linear.u0"), (first, -1))
    for index in range(blocks):
        theirs, block = f"blocks.{index}.0", f"synthesis.blocks.{index}"
        for number in (0, 1):
            ours |= convolution(weights, f"{theirs}.conv{number + 1}", f"{block}.convolve.{number}")
            normal, told = f"{theirs}.bn{number + 1}", f"{block}.normalise.{number}"
            for name, part in (("gain", "gain"), ("bias", "shift")):
                matrix = weights[f"{normal}.{name}.weight"]
                swapped = torch.cat([matrix[:, embedding:], matrix[:, :embedding]], 1)
                ours |= bounded(f"{told}.{part}", swapped, weights.get(f"{normal}.{name}.u0"))
            ours |= running(weights, normal, told)
        ours |= convolution(weights, f"{theirs}.conv_sc", f"{block}.shortcut")
        ours |= attention(weights, f"blocks.{index}.1", f"synthesis.attend.{index + 1}")
    ours |= running(weights, "output_layer.0", "synthesis.normalise")
    ours |= {
        "synthesis.normalise.weight": weights["output_layer.0.gain"],
        "synthesis.normalise.bias": weights["output_layer.0.bias"],
    }
    return ours | convolution(weights, "output_layer.2", "synthesis.to_picture")


def in_our_discriminator(weights: Weights) -> Weights:
    """Weights under our names; attention is a block of its own in ours."""
    ours: Weights = {}
    position = 0
    for index in range(Reading(weights, "discriminator").count("blocks.{}.0.conv1.weight")):
        theirs, block = f"blocks.{index}.0", f"blocks.{position}"
        for number in (0, 1):
            ours |= convolution(weights, f"{theirs}.conv{number + 1}", f"{block}.convolve.{number}")
        if f"{theirs}.conv_sc.weight" in weights:
            ours |= convolution(weights, f"{theirs}.conv_sc", f"{block}.shortcut")
        position += 1
        found = attention(weights, f"blocks.{index}.1", f"blocks.{position}")
        position += bool(found)
        ours |= found
    ours |= bounded("head.linear", weights["linear.weight"], weights.get("linear.u0"))
    ours["head.linear.bias"] = weights["linear.bias"]
    if "embed.weight" in weights:
        ours |= bounded("head.embedding", weights["embed.weight"], weights.get("embed.u0"))
    return ours


def convolution(weights: Weights, theirs: str, ours: str) -> Weights:
    """A convolution's weight and bias."""
    kernel = bounded(ours, weights[f"{theirs}.weight"], weights.get(f"{theirs}.u0"))
    return kernel | {f"{ours}.bias": weights[f"{theirs}.bias"]}


def attention(weights: Weights, theirs: str, ours: str) -> Weights:
    """The layers of self-attention, 1x1 convolutions there and linear maps here; none where there is no attention."""
    if f"{theirs}.gamma" not in weights:
        return {}
    found: Weights = {f"{ours}.gamma": weights[f"{theirs}.gamma"].reshape(())}
    for name, layer in LAYERS_OF_ATTENTION.items():
        found |= bounded(
            f"{ours}.{layer}", weights[f"{theirs}.{name}.weight"].flatten(1), weights.get(f"{theirs}.{name}.u0")
        )
    return found


def running(weights: Weights, theirs: str, ours: str) -> Weights:
    """The running statistics of a batch normalisation, by either of the names that its versions have for them."""
    mean, variance = (
        next((weights[f"{theirs}.{name}"] for name in names if f"{theirs}.{name}" in weights), None)
        for names in (
            ("stored_mean", "bn.stored_mean", "running_mean", "bn.running_mean"),
            ("stored_var", "bn.stored_var", "running_var", "bn.running_var"),
        )
    )
    if mean is None or variance is None:
        raise DataError(f"its {theirs} has no running mean and variance")
    return {
        f"{ours}.running_mean": mean,
        f"{ours}.running_var": variance,
        f"{ours}.num_batches_tracked": torch.zeros((), dtype=torch.int64),
    }


def bounded(ours: str, weight: Tensor, u: Tensor | None, order: tuple[int, int] | None = None) -> Weights:
    """A weight, with the vector that power iteration has reached where its largest singular value is divided by.

    Args:
        ours: Our name of the layer.
        weight: As the layer uses it, (outputs, ...).
        u: Their vector, (1, outputs); None for a weight that is used as it is.
        order: How the outputs were ordered there: (slow, fast) sides, of which ours has the second one slow.
    """
    if u is None:
        return {f"{ours}.weight": weight}
    left = u.flatten()
    if order is not None:
        left = left.unflatten(0, order).T.flatten()
    matrix = weight.flatten(1).float()
    right = normalize(left.float() @ matrix, dim=0)
    stretched = matrix @ right
    left = normalize(stretched, dim=0)
    # Theirs divides by |W v|, ours by |u W|, which is the same only at the end of power iteration. A factor on u, which
    # the first training step takes away, makes it the same now.
    factor = stretched.norm() / (left @ matrix).norm()
    return {f"{ours}.parametrizations.weight.original": weight, f"{ours}.parametrizations.weight.0.left": factor * left}
