"""Information maximising GAN."""

from dataclasses import dataclass, field, replace

from zerosum.config.optimizer import Adam
from zerosum.config.presets import by_size
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipe
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.auxiliary import mutual_information, recognised
from zerosum.game.game import Game, Player
from zerosum.game.priors import Codes
from zerosum.game.rules import rules_of
from zerosum.nn.auxiliary import with_auxiliary
from zerosum.recipes.dcgan import DCGAN, dcgan_pair


@dataclass(frozen=True, kw_only=True)
class InfoGAN(DCGAN):
    """Chen et al. 2016. Defaults: Appendix C.1, digits, on the networks of DCGAN, which theirs follow (Section 6)."""

    usual_batch: int = 128
    """Real samples per round where --batch does not say, as DCGAN has it."""
    latent_dim: int = 62
    """Width of the uniform noise beside the codes (Appendix C.1)."""
    generator_width: int = 64
    """Channels of the generator's last hidden grid; they double towards the base (Appendix C.1: 128, 64)."""
    discriminator_width: int = 64
    """Channels of the discriminator's first hidden grid; they double towards the base (Appendix C.1: 64, 128)."""
    hidden_units: int | None = 1024
    """Units of the fully connected layer between latents and grids in either player of pictures (Appendix C.1); None
    for none."""
    categorical_codes: tuple[int, ...] = (10,)
    """Values of each categorical code (Section 7.2)."""
    continuous_codes: int | None = 2
    """How many continuous codes there are (Section 7.2); None for none."""
    categorical_weight: float = 1.0
    """Weight lambda of the information on categorical codes (Section 6)."""
    continuous_weight: float = 0.1
    """Weight of the information on continuous codes: less, since a density has no limit (Section 6)."""
    recognition_width: int = 128
    """Units of the hidden layer with which the codes are read off the discriminator's features (Appendix C.1)."""
    optimizer: Adam = field(default_factory=lambda: Adam(rate=1e-3, betas=(0.5, 0.999)))
    """Optimizer of both players; its rate is the generator's (Appendix C.1)."""
    discriminator_rate: float = 0.2
    """The discriminator's learning rate, as a multiple of what its optimizer says: 0.0002 (Appendix C.1)."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if min(self.categorical_codes, default=2) < 2:
            sizes = " ".join(map(str, self.categorical_codes))
            raise SettingError(f"--categorical-codes is {sizes}; each code needs at least 2 values.")
        if not self.categorical_codes and self.continuous_codes is None:
            raise SettingError(
                "There are neither --categorical-codes nor --continuous-codes, so there is nothing to read off the "
                "samples. Ask for some, or take the recipe dcgan."
            )


SMALL = replace(InfoGAN(), generator_width=32, discriminator_width=32, hidden_units=512, augment="diffaugment")
"""At most 48 pixels, for minutes on a processor: half the channels, and pictures that are moved about, so that codes
cannot be read off the place of a stroke. On digits that brought codes and classes together: 88 % instead of 79 % agree
after 600,000 samples."""

POINTS = replace(
    InfoGAN(),
    usual_batch=256,
    latent_dim=8,
    categorical_codes=(8,),
    continuous_codes=1,
    generator_width=128,
    discriminator_width=128,
    optimizer=Adam(rate=2e-4, betas=(0.5, 0.999)),
    discriminator_rate=1.0,
)
"""The rates of DCGAN's points: the generator's there is no higher than the discriminator's."""


@recipe(
    "infogan",
    kinds=("image", "points"),
    presets={
        "small": SMALL,
        "points": POINTS,
        "house-numbers": replace(
            InfoGAN(), latent_dim=124, hidden_units=None, categorical_codes=(10,) * 4, continuous_codes=4
        ),
        "faces": replace(
            InfoGAN(), latent_dim=128, hidden_units=None, categorical_codes=(10,) * 10, continuous_codes=None
        ),
    },
    suitable=by_size,
    condition=None,
    paper="Chen et al. 2016, https://arxiv.org/abs/1606.03657",
)
def infogan(config: InfoGAN, space: Space) -> Game:
    """Codes that come to mean something without labels, because they can be read off the samples."""
    prior = Codes.beside(config.latent_dim, config.categorical_codes, config.continuous_codes or 0)
    generator, discriminator = dcgan_pair(config, space, prior.dimension, 0, 0, config.hidden_units)
    discriminator = with_auxiliary(
        discriminator, config.seen(space.shape), sum(recognised(prior)), config.recognition_width
    )
    information = mutual_information(prior, config.categorical_weight, config.continuous_weight)
    return adversarial_game(
        generator=Player(generator, config.optimizer, config.average),
        discriminator=Player(discriminator, config.optimizer),
        prior=prior,
        rules=rules_of(config, space, information),
    )
