"""Vision transformers from the Hugging Face hub, or from a folder: DINOv2 and CLIP.

They need the package transformers. Pictures are brought to their input here, so that neither torchvision nor a model's
own preprocessing, which differs from library to library, is needed.
"""

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.metrics.features.network import FeatureNetwork
from zerosum.metrics.features.resize import in_colour, resized, words

DINOV2 = "facebook/dinov2-base"

CLIP = "openai/clip-vit-large-patch14-336"
"""The one that CMMD is defined with; `clip:openai/clip-vit-base-patch32` is forty times cheaper, with other values."""

_DINOV2_SIDE = 224  # what it is evaluated at; its settings have the larger pictures that its training ended with


class DINOv2(FeatureNetwork):
    """The class token of DINOv2 (Oquab et al. 2024) after its last normalisation, in which Stein et al. 2023 measure.

    Args:
        source: A model's name on the hub, or a folder that it was saved to.
    """

    name = "dinov2"
    resize = words(_DINOV2_SIDE, _DINOV2_SIDE)
    together = 8
    mean: Tensor
    spread: Tensor

    def __init__(self, source: str = DINOV2) -> None:
        super().__init__()
        self.model = _loaded("Dinov2Model", source, self.name)
        _keep_colours(self, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # of ImageNet
        self.freeze()

    def features(self, x: Tensor) -> Tensor:
        """Pictures (n, 1, 3 or 4, h, w) on [-1, 1] to features (n, f)."""
        x = resized(in_colour(x), _DINOV2_SIDE, _DINOV2_SIDE)
        return self.model(pixel_values=(x - self.mean) / self.spread).pooler_output

    def _further_identity(self) -> list[str]:
        return [self.model.config.to_json_string()]  # has the model's name in it


class Clip(FeatureNetwork):
    """CLIP's embeddings of pictures (Radford et al. 2021), of unit length, as CMMD has them (Jayasumana et al. 2024).

    Args:
        source: A model's name on the hub, or a folder that it was saved to.
    """

    name = "clip"
    together = 8
    contrastive = True
    mean: Tensor
    spread: Tensor

    def __init__(self, source: str = CLIP) -> None:
        super().__init__()
        self.model = _loaded("CLIPVisionModelWithProjection", source, self.name)
        self.side = int(self.model.config.image_size)
        self.resize = words(self.side, self.side)
        _keep_colours(self, (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
        self.freeze()

    def features(self, x: Tensor) -> Tensor:
        """Pictures (n, 1, 3 or 4, h, w) on [-1, 1] to features (n, f)."""
        x = resized(in_colour(x), self.side, self.side)
        return F.normalize(self.model(pixel_values=(x - self.mean) / self.spread).image_embeds, dim=1)

    def _further_identity(self) -> list[str]:
        return [self.model.config.to_json_string()]  # has the model's name in it


def _keep_colours(network: FeatureNetwork, mean: tuple[float, ...], spread: tuple[float, ...]) -> None:
    """Remember the mean and the spread of the colours that a network was trained on, on [-1, 1], shape (3, 1, 1)."""
    network.register_buffer("mean", torch.tensor(mean)[:, None, None] * 2 - 1)
    network.register_buffer("spread", torch.tensor(spread)[:, None, None] * 2)


def _loaded(kind: str, source: str, name: str) -> Any:
    """A pretrained model of the package transformers, in float32; code that comes with a model is never run.

    Args:
        kind: The class of the model in transformers.
        source: Its name on the hub, or a folder.
        name: What the features are called.
    """
    try:
        import transformers
    except ImportError:
        raise DataError(
            f"The features of {name} need the package transformers, which is not installed: pip install transformers."
        ) from None
    if "/" not in source and not Path(source).is_dir():
        raise DataError(
            f'"{source}" is neither a folder nor a model\'s name on the Hugging Face hub, which has an owner: write '
            f'"{name}:FOLDER" or "{name}:OWNER/MODEL".'
        )
    try:
        # The default attention picks an algorithm by what is there, and their results differ in the last digits.
        with torch.random.fork_rng(devices=()):  # it draws what it does not find
            model, found = getattr(transformers, kind).from_pretrained(
                source,
                attn_implementation="eager",
                weights_only=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
    except (OSError, ValueError, RuntimeError) as error:
        reason, _, _ = str(error).partition("\n")
        raise DataError(
            f'The weights of {name} could not be read from "{source}": {reason} Without a '
            f'connection, name a folder that the model was saved to: "{name}:FOLDER".'
        ) from error
    if found["missing_keys"] or found["mismatched_keys"]:
        # transformers would go on with random weights.
        raise DataError(
            f'"{source}" does not hold the weights of a {kind}, which {name} needs; name a model of that kind.'
        )
    return model.float()
