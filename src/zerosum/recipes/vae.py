"""Variational autoencoder."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from torch import Tensor

from zerosum.config.autoencoding import Autoencoding
from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.config.ramp import Ramp
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.game import Clock, Game, Modules, Outcome, Player, Turn
from zerosum.game.priors import Normal
from zerosum.game.variational import (
    bernoulli_surprise,
    best_deviation,
    gaussian_surprise,
    normal_divergence,
    normal_draw,
)
from zerosum.networks.autoencoder import Autoencoder, encoder_and_decoder


@dataclass(frozen=True, kw_only=True)
class VAE(Autoencoding):
    """Kingma and Welling 2014. Defaults: Appendix C.1 for pictures; sizes measured on small digits."""

    likelihood: Literal["bernoulli", "gaussian"] = "bernoulli"
    """How surprising a sample is, given what is decoded. bernoulli (Equation 11) is for numbers with two ends, such as
    pixels; its slope does not fade at the ends, which makes sharper pictures. gaussian has one deviation for all
    numbers of all samples, the best one (Rybkin et al. 2021)."""
    beta: float = 1.0
    """Weight of the divergence of a sample's latents from the prior (Higgins et al. 2017, Equation 4); 1 is a bound on
    the likelihood."""
    warm_up: int | None = None
    """Samples over which beta grows from 0 (Sonderby et al. 2016, Section 2.3); None begins with all of it. Points need
    it: the gaussian's deviation is at first as large as theirs, and latents that say nothing would then stay so."""
    least_deviation: float = 0.01
    """With the gaussian, the deviation of samples from what is decoded is never taken to be smaller than this."""

    def __post_init__(self) -> None:
        if self.least_deviation <= 0:
            raise SettingError(f"--least-deviation is {self.least_deviation}; it must be more than 0.")


@recipe(
    "vae",
    kinds=("image", "points"),
    presets={
        "points": replace(
            VAE(),
            likelihood="gaussian",
            warm_up=100_000,
            usual_batch=256,
            latent_dim=4,
            width=128,
            optimizer=Adam(rate=2e-3, betas=(0.9, 0.999), final_rate=1e-4, decay_samples=2_000_000),
        ),
        "large": replace(VAE(), latent_dim=64, width=32),
    },
    suitable=by_size,
    paper="Kingma and Welling 2014, https://arxiv.org/abs/1312.6114",
)
def vae(config: VAE, space: Space) -> Game:
    """One player that encodes and decodes under a bound on the likelihood: blurred, stable, and with an encoder."""
    classes, latent = len(space.classes), config.latent_dim
    sizes = (config.width, config.largest_width, config.depth)
    network = Autoencoder(*encoder_and_decoder(space.shape, 2 * latent, latent, *sizes, classes))
    clock = Clock()
    return Game(
        players={"generator": Player(network, config.optimizer, config.average)},
        turns=(Turn("generator", partial(evidence_loss, config, network, clock)),),
        prior=Normal(latent),
        generate=decode,
        clock=clock,
    )


def evidence_loss(config: VAE, network: Autoencoder, clock: Clock, batch: Batch) -> Outcome:
    """The evidence lower bound with its sign turned, in nats for each number of a sample.

    Kingma and Welling 2014, Equation 7, with one draw; divided by the size of a sample, so that gradients are as large
    for large pictures as for small ones.
    """
    mean, log_variance = network.encoder(batch.x, batch.condition).float().chunk(2, 1)
    latents = normal_draw(mean, log_variance, batch.noise.normal(*mean.shape))
    decoded = network.decoder(latents, batch.condition).float()
    deviation = best_deviation(batch.x, decoded, config.least_deviation)
    if config.likelihood == "gaussian":
        surprise = gaussian_surprise(batch.x, decoded, deviation)
    else:
        surprise = bernoulli_surprise(batch.x, decoded)
    size = batch.x[0].numel()
    beta = config.beta if config.warm_up is None else Ramp(0.0, config.beta, config.warm_up).at(clock.samples)
    divergence = normal_divergence(mean, log_variance).mean()
    terms = {
        "reconstruction": surprise.mean() / size,
        "kl": beta * divergence / size,
    }
    return Outcome(terms, lambda: {"deviation": deviation.detach(), "kl_nats": divergence.detach()})


def decode(modules: Modules, latents: Tensor, condition: Tensor | None) -> Tensor:
    """Samples (n, *shape): the means that latents (n, dimension) are decoded to, without the deviation's noise."""
    network = modules["generator"]
    assert isinstance(network, Autoencoder)
    return network.decoder(latents, condition)
