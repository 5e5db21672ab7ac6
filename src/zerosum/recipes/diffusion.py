"""Denoising diffusion."""

from dataclasses import dataclass, field, replace
from functools import partial

from torch import Tensor, nn

from zerosum.config.average import Average
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.denoising import Preconditioning, heun, noise_levels, sampling_levels
from zerosum.game.game import Game, Modules, Outcome, Player, Turn
from zerosum.game.priors import Normal
from zerosum.networks.denoisers import PerceptronDenoiser, UNet


@dataclass(frozen=True, kw_only=True)
class Diffusion:
    """Karras et al. 2022 ("EDM"), on a small U-Net. Noise levels and sampler: Table 1; sizes: measured on digits."""

    usual_batch: int = 32
    """Real samples per round where --batch does not say; 512 in Table 7, on 8 graphics cards."""
    width: int = 48
    """Channels of the grid at half the picture's size, doubled towards the base; units per layer for points."""
    largest_width: int = 192
    """No grid has more channels than this."""
    blocks: int = 1
    """Residual blocks of each grid on the way down, and on the way up; of the perceptron where the data are points."""
    data_deviation: float = 0.5
    """Standard deviation of the data that inputs and targets are scaled for (Table 1, sigma_data)."""
    usual_noise: float = 1.0
    """The median of the noise levels that are trained at: 0.3 in Table 1, where P_mean is its logarithm, -1.2. On small
    and simple pictures, more of what there is to learn is in what more noise leaves."""
    level_deviation: float = 1.2
    """Standard deviation of their logarithm (Table 1, P_std)."""
    least_noise: float = 0.002
    """Noise level of the last step but one of sampling (Table 1, sigma_min)."""
    most_noise: float = 80.0
    """Noise level at which sampling begins (Table 1, sigma_max)."""
    rho: float = 7.0
    """How much shorter the steps of sampling are at small noise levels (Table 1)."""
    steps: int = 9
    """Steps of Heun's method per sample, of two looks each but the last; 18 in Table 1 for 32 x 32 pixels."""
    optimizer: Adam = field(
        default_factory=lambda: Adam(rate=2e-3, betas=(0.9, 0.999), final_rate=1e-4, decay_samples=500_000)
    )
    """Optimizer; the rate is 1e-3 in Table 7, after a ramp."""
    average: Average = field(default_factory=Average)
    """Moving average of the weights, which is what is sampled with; half-life 500,000 in Table 7."""

    def __post_init__(self) -> None:
        for name in ("data_deviation", "usual_noise", "least_noise", "rho"):
            if getattr(self, name) <= 0:
                raise SettingError(f"--{name.replace('_', '-')} is {getattr(self, name)}; it must be more than 0.")
        if self.most_noise <= self.least_noise:
            raise SettingError(
                f"--most-noise is {self.most_noise}; it must be more than --least-noise, {self.least_noise}."
            )


@recipe(
    "diffusion",
    kinds=("image", "points"),
    presets={
        "points": replace(
            Diffusion(),
            usual_batch=256,
            width=128,
            blocks=3,
            usual_noise=0.5,
            data_deviation=1.0,
            steps=18,
            optimizer=Adam(rate=2e-3, betas=(0.9, 0.999), final_rate=1e-4, decay_samples=1_000_000),
        ),
        "large": replace(Diffusion(), width=32, largest_width=128),
    },
    suitable=by_size,
    paper="Karras et al. 2022, https://arxiv.org/abs/2206.00364",
)
def diffusion(config: Diffusion, space: Space) -> Game:
    """One player that learns to take noise away: the baseline without an opponent."""
    classes = len(space.classes)
    if space.kind == "image":
        network = UNet(space.shape, config.width, config.largest_width, config.blocks, classes)
    else:
        network = PerceptronDenoiser(space.shape, config.width, config.blocks, classes)
    preconditioning = Preconditioning(config.data_deviation)
    levels = sampling_levels(config.steps, config.least_noise, config.most_noise, config.rho)
    return Game(
        players={"generator": Player(network, config.optimizer, config.average)},
        turns=(Turn("generator", partial(denoising_loss, config, preconditioning, network)),),
        prior=Normal(space.size),
        generate=partial(generate, preconditioning, levels, space.shape),
    )


def denoising_loss(config: Diffusion, preconditioning: Preconditioning, network: nn.Module, batch: Batch) -> Outcome:
    """The error of a batch, each sample at a noise level of its own."""
    sigma = noise_levels(batch.noise.normal(len(batch)), config.usual_noise, config.level_deviation)
    noise = batch.noise.normal(*batch.x.shape)
    answer = partial(told, network, batch.condition)
    return Outcome({"denoising": preconditioning.loss(answer, batch.x, sigma, noise)})


def generate(
    preconditioning: Preconditioning,
    levels: list[float],
    shape: tuple[int, ...],
    modules: Modules,
    latents: Tensor,
    condition: Tensor | None,
) -> Tensor:
    """Samples (n, *shape): the latent, noise of the first level's size, has its noise taken away."""
    answer = partial(told, modules["generator"], condition)
    start = latents.view(-1, *shape) * levels[0]
    return heun(partial(preconditioning.denoise, answer), start, levels)


def told(network: nn.Module, condition: Tensor | None, x: Tensor, level: Tensor) -> Tensor:
    """The network's answer for samples (n, ...) of these classes (n,)."""
    return network(x, level, condition)
