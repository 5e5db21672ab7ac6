"""Checkpoints of R3GAN (Huang et al. 2024, arXiv:2501.05441) as the published training saves them."""

import re

from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.imports.imported import Imported, Reading, Weights
from zerosum.imports.network import Network

RECORDED = frozenset(
    ["training.networks.Generator", "training.networks.Discriminator"]
    + [
        f"R3GAN.Networks.{name}"
        for name in (
            "Generator",
            "Discriminator",
            "GeneratorStage",
            "DiscriminatorStage",
            "GenerativeBasis",
            "DiscriminativeBasis",
            "UpsampleLayer",
            "DownsampleLayer",
            "ResidualBlock",
            "Convolution",
        )
    ]
    + [
        f"R3GAN.{module}.{name}{kind}"
        for module, names in (
            ("FusedOperators", ("BiasedActivation",)),
            ("Resamplers", ("InterpolativeUpsampler", "InterpolativeDownsampler")),
        )
        for name in names
        for kind in ("", "CUDA", "Reference")
    ]
)
"""Names of classes in such a checkpoint."""

IN_BOTH = {
    "LinearLayer1.Layer.weight": "stages.{stage}.block{block}.expand.weight",
    "NonLinearity1.Bias": "stages.{stage}.block{block}.expand.bias",
    "LinearLayer2.Layer.weight": "stages.{stage}.block{block}.spatial.weight",
    "NonLinearity2.Bias": "stages.{stage}.block{block}.spatial.bias",
    "LinearLayer3.Layer.weight": "stages.{stage}.block{block}.contract.weight",
}
"""Our name for each of theirs, within a stage of either network."""

IN_GENERATOR = IN_BOTH | {
    "EmbeddingLayer.weight": "class_embedding.weight",
    "Basis": "basis",
    "LinearLayer.weight": "modulation.weight",
    "LinearLayer.Layer.weight": "stages.{stage}.upsample.change_width.weight",
    "AggregationLayer.Layer.weight": "to_image.weight",
}
"""Likewise, in the generator."""

IN_DISCRIMINATOR = IN_BOTH | {
    "ExtractionLayer.Layer.weight": "from_image.weight",
    "LinearLayer.Layer.weight": "stages.{stage}.downsample.change_width.weight",
    "Basis.weight": "basis",
    "EmbeddingLayer.weight": "head.class_embedding.weight",
    "LinearLayer.weight": "head.linear.weight",
}
"""Likewise, in the discriminator."""

LAYER = "Model.MainLayers.{stage}.Layers.{layer}."
"""How the names of a stage's parts begin."""


def matches(network: Network) -> bool:
    """Whether this is R3GAN's generator."""
    return "Model.MainLayers.0.Layers.0.Basis" in network.tensors


def translate(generator: Network, discriminator: Network | None) -> Imported:
    """The networks in our terms.

    Raises:
        DataError: They have a form that the recipe has not.
    """
    reading = Reading(generator.tensors, "generator")
    stages = reading.count("Model.MainLayers.{}.Layers.1.LinearLayer1.Layer.weight")
    widths, groups, blocks, expansions = zip(*(stage(reading, index) for index in range(stages)), strict=True)
    if len(set(expansions)) != 1:
        raise DataError(f"its stages expand by {expansions}; one number for all can be imported")
    classes = embedding = 0
    if "Model.EmbeddingLayer.weight" in generator.tensors:
        embedding, classes = reading.shape("Model.EmbeddingLayer.weight", 2)
    modulation = reading.shape(f"{LAYER.format(stage=0, layer=0)}LinearLayer.weight", 2)
    _, rows, columns = reading.shape(f"{LAYER.format(stage=0, layer=0)}Basis", 3)
    channels = reading.shape("Model.AggregationLayer.Layer.weight", 4)[0]
    settings = {
        "latent_dim": modulation[1] - embedding,
        "widths": widths,
        "groups": groups,
        "grid_blocks": blocks,
        "expansion": expansions[0],
    }
    ours = None
    if discriminator is not None:
        ours = renamed(discriminator.tensors, IN_DISCRIMINATOR, first_block=0)
    if classes:
        settings["class_embedding_dim"] = embedding
        if ours is not None:
            settings["judged_embedding_dim"] = Reading(ours, "discriminator").shape("head.class_embedding.weight", 2)[1]
    return Imported(
        recipe="r3gan",
        settings=settings,
        shape=(channels, rows << (stages - 1), columns << (stages - 1)),
        classes=classes,
        # Upwards, the basis or the change of size is the first layer of a stage.
        generator=renamed(generator.tensors, IN_GENERATOR, first_block=1),
        discriminator=ours,
    )


def stage(reading: Reading, index: int) -> tuple[int, int, int, int]:
    """Channels, groups and blocks of a stage of the generator, and its expansion."""
    pattern = LAYER.format(stage=index, layer="{}") + "LinearLayer1.Layer.weight"
    inner, width, *_ = reading.shape(pattern.format(1), 4)
    group = reading.shape(LAYER.format(stage=index, layer=1) + "LinearLayer2.Layer.weight", 4)[1]
    blocks = 1
    while pattern.format(blocks + 1) in reading.weights:
        blocks += 1
    return width, inner // group, blocks, inner // width


def renamed(tensors: Weights, names: dict[str, str], first_block: int) -> Weights:
    """Tensors under our names and in our shapes."""
    ours: Weights = {}
    for path, tensor in tensors.items():
        if path.endswith("Resampler.Kernel"):
            continue  # the same everywhere
        found = re.fullmatch(r"Model\.(?:MainLayers\.(\d{1,3})\.Layers\.(\d{1,4})\.)?(.+)", path)
        if found is None or found[3] not in names:
            raise DataError(f"its network has {path}, which R3GAN as published has not")
        name = names[found[3]].format(stage=found[1], block=int(found[2] or 0) - first_block)
        ours[name] = in_our_shape(name, tensor)
    return ours


def in_our_shape(name: str, tensor: Tensor) -> Tensor:
    """A class's embedding is a row of ours, and a basis has a place for the sample."""
    if name.endswith("class_embedding.weight"):
        return tensor.transpose(0, -1)
    return tensor.reshape(1, -1, *tensor.shape[-2:]) if name == "basis" and tensor.dim() > 2 else tensor
