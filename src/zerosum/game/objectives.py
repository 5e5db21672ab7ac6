"""What the discriminator and the generator play for, as functions of logits.

D(x) in the papers is a probability; here `on_real` and `on_fake` are logits, D = sigmoid(logit), so that
-log D = softplus(-logit) and -log(1 - D) = softplus(logit) never overflow. Every function takes two tensors of shape
(n,) and returns a scalar to be minimised.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor
from torch.nn.functional import softplus


@dataclass(frozen=True)
class Objective:
    """The two sides of a game.

    Attributes:
        name: The field's name for it.
        discriminator: (on_real, on_fake) -> the discriminator's loss.
        generator: (on_real, on_fake) -> the generator's loss.
        compares: Whether the generator's loss reads `on_real`.
        calibrated: Whether logit 0 means "as likely real as fake"; otherwise only differences of logits mean anything.
    """

    name: str
    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor, Tensor], Tensor]
    compares: bool = False
    calibrated: bool = True


def cross_entropy(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """-E log D(x) - E log(1 - D(G(z))) (Goodfellow et al. 2014, Equation 1)."""
    return softplus(-on_real).mean() + softplus(on_fake).mean()


def saturating(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E log(1 - D(G(z))): the generator's side of the minimax game (Goodfellow et al. 2014, Equation 1)."""
    return -softplus(on_fake).mean()


def fooling(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """-E log D(G(z)): stronger gradients while D is ahead (Goodfellow et al. 2014, Section 3)."""
    return softplus(-on_fake).mean()


def critic_gap(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E D(G(z)) - E D(x): minus the estimate of the Wasserstein distance (Arjovsky et al. 2017, Equation 2)."""
    return on_fake.mean() - on_real.mean()


def critic_score(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """-E D(G(z)) (Arjovsky et al. 2017, Algorithm 1)."""
    return -on_fake.mean()


def real_above_fake(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E softplus(D(G(z)) - D(x)) over pairs (Jolicoeur-Martineau 2019; Huang et al. 2024, Equation 2)."""
    return softplus(on_fake - on_real).mean()


def fake_above_real(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E softplus(D(x) - D(G(z))) over pairs (Jolicoeur-Martineau 2019; Huang et al. 2024, Equation 2)."""
    return softplus(on_real - on_fake).mean()


MINIMAX = Objective("minimax", cross_entropy, saturating)
NON_SATURATING = Objective("non-saturating", cross_entropy, fooling)
WASSERSTEIN = Objective("wasserstein", critic_gap, critic_score, calibrated=False)
RELATIVISTIC = Objective("relativistic", real_above_fake, fake_above_real, compares=True, calibrated=False)
