"""TVAE: the variational autoencoder for tables."""

from dataclasses import dataclass, field
from functools import partial

from torch import Tensor

from zerosum.config.optimizer import Adam
from zerosum.core.batch import Batch
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.game import Game, Modules, Outcome, Player, Turn
from zerosum.game.told import Chances
from zerosum.game.variational import normal_divergence, normal_draw
from zerosum.networks.tvae import TableAutoencoder


@dataclass(frozen=True, kw_only=True)
class TVAE:
    """Xu et al. 2019. Defaults: Section 4.5 and the field's package, version 0.12."""

    usual_batch: int = 500
    """Real rows per round where --batch does not say."""
    latent_dim: int = 128
    """Numbers that a row is encoded to."""
    width: int = 128
    """Units of each hidden layer."""
    depth: int = 2
    """Hidden layers of encoder and decoder."""
    reconstruction_weight: float = 2.0
    """Weight of the reconstruction beside the divergence of latents from the prior."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=1e-3, betas=(0.9, 0.999), weight_decay=1e-5))
    """Optimizer of both networks."""


@recipe(
    "tvae",
    kinds=("table",),
    condition=None,
    numbers="modes",
    paper="Xu et al. 2019, https://arxiv.org/abs/1907.00503",
)
def tvae(config: TVAE, space: Space) -> Game:
    """One player that encodes and decodes rows under a bound on the likelihood: the baseline for tables."""
    network = TableAutoencoder(space.cells, config.latent_dim, config.width, config.depth)
    return Game(
        players={"generator": Player(network, config.optimizer)},
        turns=(Turn("generator", partial(evidence_loss, config, network)),),
        prior=Chances.beside(config.latent_dim + network.numbers, network.cells.count),
        generate=generate,
    )


def evidence_loss(config: TVAE, network: TableAutoencoder, batch: Batch) -> Outcome:
    """The evidence lower bound with its sign turned, in nats for a row (Kingma and Welling 2014, Equation 7)."""
    mean, log_variance = network.encoder(batch.x).float().chunk(2, 1)
    latents = normal_draw(mean, log_variance, batch.noise.normal(*mean.shape))
    surprise = network.surprise(batch.x, network.decoder(latents).float()).mean()
    divergence = normal_divergence(mean, log_variance).mean()
    terms = {"reconstruction": config.reconstruction_weight * surprise, "kl": divergence}
    return Outcome(terms, lambda: {"deviation": network.deviations.detach().mean()})


def generate(modules: Modules, latents: Tensor, condition: Tensor | None) -> Tensor:
    """Rows (n, width) that latents (n, dimension) are decoded to."""
    return modules["generator"](latents, condition)
