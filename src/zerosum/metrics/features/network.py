"""What every feature network is: frozen, the same in any company, and known by name and by what it consists of."""

import hashlib
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property

import torch
from torch import Tensor, nn


class FeatureNetwork(nn.Module, ABC):
    """A frozen network from samples to features (n, f), float32.

    Attributes:
        name: What the features are called beside a value that is measured in them.
        resize: How samples are brought to the network's input, in words for a person.
        revision: Counted up whenever the code is changed in a way that changes the features.
        together: How many samples go through at once, which bounds the memory; 0 for all that there are.
        head: From features (n, f) to the logits of classes (n, classes), where the network is a classifier.
        contrastive: Whether the features are embeddings learned beside texts, of unit length, which CMMD is meant for.
    """

    name: str
    resize: str = "none"
    revision: int = 1
    together: int = 0
    contrastive: bool = False

    def __init__(self) -> None:
        super().__init__()
        self.head: nn.Module | None = None

    @abstractmethod
    def features(self, x: Tensor) -> Tensor:
        """Float32 samples (n, ...), `together` of them, to features (n, f)."""

    @torch.no_grad()
    def forward(self, x: Tensor) -> Tensor:
        """At least one sample (n, ...) as the models have them, pictures on [-1, 1], to features (n, f), float32.

        What a sample's features are does not depend on the samples beside it, on autocast or on TF32, which graphics
        cards would use for convolutions if they were let.
        """
        with _exact_convolutions(x.device), torch.autocast(x.device.type, enabled=False):
            return torch.cat([self._of_part(part) for part in x.float().split(self.together or len(x))])

    @cached_property
    def identity(self) -> str:
        """A word that changes whenever the features could: of the name, the resizing, the revision and the weights."""
        digest = hashlib.sha256("\n".join([self.resize, str(self.revision), *self._further_identity()]).encode())
        for name, tensor in self.state_dict().items():
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            # As bytes, because numpy does not know every number format that weights come in.
            digest.update(tensor.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
        return f"{self.name}-{digest.hexdigest()[:16]}"

    def _of_part(self, x: Tensor) -> Tensor:
        # Always so many, because the order in which a matrix product adds depends on the number of its rows.
        missing = max(0, self.together - len(x))
        filled = torch.cat([x, x[-1:].expand(missing, *x.shape[1:])]) if missing else x
        return self.features(filled)[: len(x)].float()

    def freeze(self) -> None:
        """Bring it into the state that features are computed in; every constructor ends with this."""
        self.eval().requires_grad_(False)

    def _further_identity(self) -> list[str]:
        """What else the features depend on."""
        return []


def _exact_convolutions(device: torch.device) -> AbstractContextManager[None]:
    """Full float32, and the same algorithm each time, where a graphics card would choose otherwise."""
    if device.type != "cuda":
        return nullcontext()
    return torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
