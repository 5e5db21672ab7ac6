"""Settings that every game of a generator against a discriminator has."""

from dataclasses import dataclass
from typing import Literal

from zerosum.config.penalties import OF_SLOPES, parse_penalties
from zerosum.core.errors import SettingError

LossName = Literal[
    "minimax",
    "non-saturating",
    "wasserstein",
    "least-squares",
    "hinge",
    "random-hinge",
    "relativistic",
    "relativistic-average",
    "kl",
    "reverse-kl",
    "pearson",
    "hellinger",
    "jensen-shannon",
]
"""The objectives of `zerosum.game.objectives`."""


@dataclass(frozen=True, kw_only=True)
class Adversarial:
    """What two players can play for and by which rules. Each recipe inherits it, with its paper's values as defaults.

    Papers and equations stand beside the functions that these choose, in `zerosum.game`; docs/stability.md says when to
    reach for which.
    """

    loss: LossName = "non-saturating"
    """What the two play for."""
    penalties: str = "none"
    """What is added to the losses, with weights or without: "r1=0.5,r2=0.5" or "gradient-penalty". Penalties: r1, r2,
    gradient-penalty, one-sided-gradient-penalty, dragan, roth, drift, weight-decay, orthogonal, lecam, consistency,
    balanced-consistency; the generator's: generator-orthogonal, mode-seeking, path-length; none for none."""
    penalty_every: int = 1
    """Rounds from one evaluation to the next of penalties that are differentiated twice, those on slopes and
    path-length; their weights are multiplied by it. The others are evaluated every round."""
    penalty_steps: Literal["joined", "own"] = "joined"
    """Where penalties come every few rounds: add them to that round's loss, or give them optimizer steps of their own,
    with the optimizer's rate and betas corrected for the further steps."""
    penalty_precision: Literal["full", "networks"] = "full"
    """Arithmetic of r1, r2, roth and path-length: fp32, in passes of their own (full), or that of the networks, in the
    pass that made the samples or judged them, which is twice as fast (networks)."""
    final_penalty: float = 1.0
    """The penalties' weights end at this share of what they begin with."""
    penalty_samples: int = 10_000_000
    """Samples over which the penalties' weights come to their end."""
    spectral_norm: bool = False
    """Divide the weight of every layer of the discriminator by its largest singular value."""
    frozen_grids: int | None = None
    """The discriminator's layers on so many grids, from the picture's on, stay as they are: for a model that is trained
    on, on few pictures (FreezeD)."""
    weight_limit: float | None = None
    """Clip every weight of the discriminator to this size, as the first Wasserstein GAN did (0.01 there)."""
    batch_statistics: Literal["none", "standard-deviation", "discrimination"] = "none"
    """What the discriminator sees of a batch as a whole: its standard deviation, or learned distances."""
    pack: int = 1
    """Samples that the discriminator judges together (PacGAN); for data without classes."""
    feature_matching: float = 0.0
    """Weight of the distance between the discriminator's mean features of real and fake in the generator's loss."""
    augment: Literal["none", "diffaugment", "ada"] = "none"
    """What the discriminator's pictures go through: nothing, fixed changes, or adaptive ones."""
    augment_probability: float = 0.5
    """Share of pictures that each change of diffaugment is applied to."""
    ada_target: float = 0.6
    """Overfitting of the discriminator, E sign D(x), that adaptive augmentation holds it at."""
    ada_samples: int = 500_000
    """Samples in which adaptive augmentation can go from nothing to everything."""
    instance_noise: float = 0.0
    """Standard deviation of the noise that is added to the discriminator's input at the start."""
    noise_samples: int = 500_000
    """Samples over which that noise falls to nothing."""
    smooth_real: float = 0.0
    """The discriminator's label of real samples is lower than 1 by this; 0.1 is usual."""
    smooth_fake: float = 0.0
    """The discriminator's label of fakes is higher than 0 by this."""
    discriminator_steps: int = 1
    """Moves of the discriminator in each round, each on its own batch."""
    discriminator_rate: float = 1.0
    """The discriminator's learning rate, as a multiple of what its optimizer says."""
    pretrain_samples: int | None = None
    """The discriminator plays alone for so many samples at first, or until it can tell obvious fakes."""
    pretrain_accuracy: float = 0.9
    """Share of samples that it must judge right for that to end."""
    matching: float = 0.0
    """Weight of the term in which real samples that are told to be what others are count as generated."""
    top_share: float = 1.0
    """The generator learns from this share of its samples, the most convincing ones (top-k training)."""
    top_samples: int = 1_000_000
    """Samples over which that share falls from 1."""
    gradient_clip: float | None = None
    """Scale each player's gradients down to this norm."""
    focus: float | None = None
    """Show the classes, or without classes the kinds of samples, that the generator does worst at up to so many times
    as often, and the best as much less often."""

    def __post_init__(self) -> None:
        for name in ("augment_probability", "ada_target", "smooth_real", "smooth_fake", "pretrain_accuracy"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingError(f"--{name.replace('_', '-')} is {getattr(self, name)}; it must be from 0 to 1.")
        if not 0 < self.top_share <= 1:
            raise SettingError(f"--top-share is {self.top_share}; it must be more than 0 and at most 1.")
        if self.focus is not None and self.focus < 1:
            raise SettingError(f"--focus is {self.focus}; it must be at least 1, which changes nothing.")
        for name in ("weight_limit", "gradient_clip"):
            if getattr(self, name) is not None and getattr(self, name) <= 0:
                raise SettingError(f"--{name.replace('_', '-')} is {getattr(self, name)}; it must be more than 0.")

    def seen(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of what the discriminator judges: `pack` samples of this shape, one behind the other."""
        return (shape[0] * self.pack, *shape[1:])

    @property
    def judges_alone(self) -> bool:
        """Whether the discriminator must have no batch normalisation, which mixes the slopes of single samples."""
        return self.spectral_norm or bool(OF_SLOPES & parse_penalties(self.penalties).keys())
