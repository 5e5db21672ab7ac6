"""A model's generator as stages that can be traced: from latents to samples, or by way of styles."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from zerosum.game.game import Game, Modules
from zerosum.nn.codes import NormalCodes
from zerosum.nn.level import Level
from zerosum.train.model import Model

NOTHING_CUT_OFF = 10.0
"""A bound that no number of a normal latent reaches."""

SAME = 1e-4
"""Samples that differ by less, where the model's range is about 2 wide, are the same."""


@dataclass(frozen=True)
class Stage:
    """A part of the way from latents to samples, which becomes one graph.

    Attributes:
        name: What it is called.
        module: Computes it; its forward has the inputs' names.
        inputs: Examples, by name: of several samples, and of the truncation, which is one number for all of them.
        output: What comes out.
    """

    name: str
    module: nn.Module
    inputs: dict[str, Tensor]
    output: str

    @torch.no_grad()
    def __call__(self, inputs: dict[str, Tensor]) -> Tensor:
        """What PyTorch makes of inputs, by name."""
        return self.module(**inputs)


class _Part(nn.Module):
    """A part of a game's way from latents to samples.

    Args:
        game: The game.
        networks: The model's, settled.
    """

    def __init__(self, game: Game, networks: Modules) -> None:
        super().__init__()
        self.game, self.networks = game, networks
        self.parts = nn.ModuleList(networks.values())  # whose weights become this module's


class Generator(_Part):
    """Latents, and what else there is to say, to samples (n, *space.shape) in the model's range."""

    def forward(self, latent: Tensor, condition: Tensor | None = None, truncation: Tensor | None = None) -> Tensor:
        """Samples, float32.

        Args:
            latent: Shape (n, dimension).
            condition: Class indices (n,) or vectors (n, width); None where nothing is told.
            truncation: A number, shape (); None where nothing is truncated.
        """
        if truncation is None:
            return self.game.generate(self.networks, latent, condition).float()
        assert self.game.truncated is not None, "only who knows truncation is asked for some"
        return self.game.truncated(self.networks, latent, condition, truncation).float()  # type: ignore[arg-type]


class Mapping(_Part):
    """Latents to styles (n, layers, width)."""

    def forward(self, latent: Tensor, condition: Tensor | None = None) -> Tensor:
        """Styles, float32."""
        assert self.game.styles is not None, "only generators with styles have a mapping"
        return self.game.styles.of(self.networks, latent, condition).float()


class Synthesis(_Part):
    """Styles to samples (n, *space.shape) in the model's range."""

    def forward(self, styles: Tensor) -> Tensor:
        """Samples, float32, of styles (n, layers, width), which hold what the samples are to be."""
        assert self.game.styles is not None, "only generators with styles have a synthesis"
        return self.game.styles.synthesise(self.networks, styles).float()


def whole(model: Model, seeds: Sequence[int]) -> Stage:
    """The way from latents to samples as one stage, with the inputs of numbered samples as examples."""
    inputs = _told(model, seeds)
    module = Generator(model.game, settled(model.modules)).eval()
    stage = Stage("generator", module, inputs, "samples")
    neutral = untruncated(stage, model)
    if neutral is None:
        return stage
    return Stage("generator", module, inputs | {"truncation": torch.tensor(neutral)}, "samples")


def by_styles(model: Model, seeds: Sequence[int]) -> tuple[Stage, Stage]:
    """The way from latents to styles, and from styles to samples, of a generator that has styles."""
    networks = settled(model.modules)
    mapping = Stage("mapping", Mapping(model.game, networks).eval(), _told(model, seeds), "styles")
    synthesis = Synthesis(model.game, networks).eval()
    return mapping, Stage("synthesis", synthesis, {"styles": mapping(mapping.inputs).contiguous()}, "samples")


@torch.no_grad()
def untruncated(stage: Stage, model: Model) -> float | None:
    """The truncation at which a system's samples are those that it draws without any.

    Systems either bring styles nearer to their mean, by a factor, or cut latents off at a bound.

    Returns:
        None for a system that knows no truncation, or none that leaves samples as they are.
    """
    if not model.knows_truncation:
        return None
    plain = stage(stage.inputs)
    for neutral in (1.0, NOTHING_CUT_OFF):
        if (stage(stage.inputs | {"truncation": torch.tensor(neutral)}) - plain).abs().max() < SAME:
            return neutral
    return None


def settled(networks: Modules) -> dict[str, nn.Module]:
    """Copies of networks, on the processor, in which what follows from weights alone is computed once and for all.

    These are spectral norms, how far a growing network has grown, and the factors of covariances.
    """
    copies = {name: copy.deepcopy(network).cpu().eval().requires_grad_(False) for name, network in networks.items()}
    for network in copies.values():
        for name, part in list(network.named_modules()):
            if parametrize.is_parametrized(part, "weight"):
                kind = type(part)  # which the network that was copied has too, and which is changed below
                object.__setattr__(part, "__class__", type(kind.__name__, kind.__bases__, dict(vars(kind))))
                parametrize.remove_parametrizations(part, "weight")
            if isinstance(part, Level):
                network.set_submodule(name, _Reached(*part()))
            if isinstance(part, NormalCodes):
                network.set_submodule(name, _FactoredCodes(part))
    return copies


class _Reached(nn.Module):
    """A `Level` that stays where it is."""

    def __init__(self, grid: int, share: float) -> None:
        super().__init__()
        self.grid, self.share = grid, share

    def forward(self) -> tuple[int, float]:
        """The grid in use and the share of the next one."""
        return self.grid, self.share


class _FactoredCodes(NormalCodes):
    """Codes whose covariances are factored."""

    known: Tensor

    def __init__(self, codes: NormalCodes) -> None:
        super().__init__(codes.mean.shape[1], len(codes.seen), codes.memory)
        self.load_state_dict(codes.state_dict())
        self.register_buffer("known", codes.factors())
        self.eval()

    def factors(self) -> Tensor:
        """As they were."""
        return self.known


def _told(model: Model, seeds: Sequence[int]) -> dict[str, Tensor]:
    """The latents of numbered samples, and what these are told to be, if anything; rows of tables are told nothing."""
    inputs = {"latent": model.latents(seeds)}
    condition = model.conditions(seeds)
    if condition is None and model.game.tells != "nothing":
        condition = torch.zeros(len(seeds), model.space.size + len(model.space.cells))
    return inputs if condition is None else inputs | {"condition": condition}
