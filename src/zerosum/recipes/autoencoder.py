"""Deterministic autoencoder."""

from dataclasses import dataclass, replace
from functools import partial

from torch import Tensor

from zerosum.config.autoencoding import Autoencoding
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.core.batch import Batch
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.game import Game, Modules, Outcome, Player, Turn
from zerosum.game.priors import Normal
from zerosum.networks.autoencoder import FittedAutoencoder, encoder_and_decoder
from zerosum.nn.codes import NormalCodes


@dataclass(frozen=True, kw_only=True)
class AutoencoderSettings(Autoencoding):
    """Hinton and Salakhutdinov 2006, without its pre-training in layers, sampled as in Ghosh et al. 2020."""

    code_memory: int = 10_000
    """Codes of each class that the normal distribution is fitted to from which new codes are drawn (Ghosh et al. 2020,
    Section 4, fit it to all codes after training)."""


@recipe(
    "autoencoder",
    kinds=("image", "points"),
    presets={
        "points": replace(
            AutoencoderSettings(),
            usual_batch=256,
            latent_dim=2,
            width=128,
            optimizer=Adam(rate=2e-3, betas=(0.9, 0.999), final_rate=1e-4, decay_samples=2_000_000),
        ),
        "large": replace(AutoencoderSettings(), latent_dim=64, width=32),
    },
    suitable=by_size,
    paper="Hinton and Salakhutdinov 2006, https://doi.org/10.1126/science.1127647",
)
def autoencoder(config: AutoencoderSettings, space: Space) -> Game:
    """One player that packs samples into codes and unpacks them; new codes are drawn like the ones it has seen."""
    classes, latent = len(space.classes), config.latent_dim
    sizes = (config.width, config.largest_width, config.depth)
    halves = encoder_and_decoder(space.shape, latent, latent, *sizes, classes)
    network = FittedAutoencoder(*halves, NormalCodes(latent, classes, config.code_memory))
    return Game(
        players={"generator": Player(network, config.optimizer, config.average)},
        turns=(Turn("generator", partial(reconstruction_loss, network)),),
        prior=Normal(latent),
        generate=decode_drawn,
    )


def reconstruction_loss(network: FittedAutoencoder, batch: Batch) -> Outcome:
    """The mean squared error of what comes back."""
    codes = network.codes(network.encoder(batch.x, batch.condition), batch.condition)
    decoded = network.decoder(codes, batch.condition).float()
    return Outcome({"reconstruction": (decoded - batch.x).square().mean()})


def decode_drawn(modules: Modules, latents: Tensor, condition: Tensor | None) -> Tensor:
    """Samples (n, *shape): latents (n, dimension) are made codes of the fitted distribution, and decoded."""
    network = modules["generator"]
    assert isinstance(network, FittedAutoencoder)
    return network.decoder(network.codes.like(latents, condition), condition)
