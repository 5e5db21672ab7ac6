"""What the discriminator and the generator play for, as functions of logits.

D(x) in the papers is often a probability; here `on_real` and `on_fake` are logits, D = sigmoid(logit), so that
-log D = softplus(-logit) and -log(1 - D) = softplus(logit) never overflow. Every function takes two tensors of shape
(n,), or (n, opinions) where several judges play for the same, and returns a scalar to be minimised: the judges' mean.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import relu, softplus

from zerosum.core.errors import SettingError, nearest_name


@dataclass(frozen=True)
class Objective:
    """The two sides of a game.

    Attributes:
        name: The field's name for it.
        discriminator: (on_real, on_fake) -> the discriminator's loss.
        generator: (on_real, on_fake) -> the generator's loss.
        paper: Where it comes from.
        compares: Whether the generator's loss reads `on_real`.
        even: The logit that the best discriminator gives where real and fake are equally likely; None where only
            differences of logits mean anything.
        probability: From the best discriminator's logits to p_data / (p_data + p_g); None where they do not say it.
        labelled: Whether the discriminator's loss has labels, `real_label` and `fake_label`, that can be smoothed.
    """

    name: str
    discriminator: Callable[..., Tensor]
    generator: Callable[[Tensor, Tensor], Tensor]
    paper: str
    compares: bool = False
    even: float | None = 0.0
    probability: Callable[[Tensor], Tensor] | None = None
    labelled: bool = False

    def middle(self, on_real: Tensor, on_fake: Tensor) -> Tensor:
        """The logit that parts real from fake: `even`, or halfway between the two means."""
        if self.even is None:
            return (on_real.mean() + on_fake.mean()) / 2
        return torch.full_like(on_real.mean(), self.even)


def cross_entropy(on_real: Tensor, on_fake: Tensor, real_label: float = 1.0, fake_label: float = 0.0) -> Tensor:
    """-E log D(x) - E log(1 - D(G(z))) (Goodfellow et al. 2014, Equation 1).

    With labels other than 1 and 0 it is the cross-entropy to those (Salimans et al. 2016, Section 3.4).
    """
    on_true = softplus(-on_real) + (1 - real_label) * on_real
    on_false = softplus(on_fake) - fake_label * on_fake
    return on_true.mean() + on_false.mean()


def saturating(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E log(1 - D(G(z))): the generator's side of the minimax game (Goodfellow et al. 2014, Equation 1)."""
    return -softplus(on_fake).mean()


def fooling(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """-E log D(G(z)): stronger gradients while D is ahead (Goodfellow et al. 2014, Section 3)."""
    return softplus(-on_fake).mean()


def critic_gap(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E D(G(z)) - E D(x): minus the estimate of the Wasserstein distance (Arjovsky et al. 2017, Equation 2)."""
    return on_fake.mean() - on_real.mean()


def raised(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """-E D(G(z)) (Arjovsky et al. 2017, Algorithm 1; Lim and Ye 2017, Equation 2)."""
    return -on_fake.mean()


def squares(on_real: Tensor, on_fake: Tensor, real_label: float = 1.0, fake_label: float = 0.0) -> Tensor:
    """1/2 E (D(x) - b)^2 + 1/2 E (D(G(z)) - a)^2 with b = 1 and a = 0 (Mao et al. 2017, Equations 2 and 9)."""
    return ((on_real - real_label).square().mean() + (on_fake - fake_label).square().mean()) / 2


def squares_to_real(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """1/2 E (D(G(z)) - c)^2 with c = 1 (Mao et al. 2017, Equations 2 and 9)."""
    return (on_fake - 1).square().mean() / 2


def hinge(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))) (Lim and Ye 2017, Equation 1)."""
    return relu(1 - on_real).mean() + relu(1 + on_fake).mean()


def random_hinge(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """`hinge` with a margin of its own for each logit, uniform on [0.8, 1], in place of 1: as FastGAN was trained."""
    margins = [1 - 0.2 * torch.rand_like(logits) for logits in (on_real, on_fake)]
    return relu(margins[0] - on_real).mean() + relu(margins[1] + on_fake).mean()


def real_above_fake(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E softplus(D(G(z)) - D(x)) over pairs (Jolicoeur-Martineau 2019; Huang et al. 2024, Equation 2)."""
    return softplus(on_fake - on_real).mean()


def fake_above_real(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E softplus(D(x) - D(G(z))) over pairs (Jolicoeur-Martineau 2019; Huang et al. 2024, Equation 2)."""
    return softplus(on_real - on_fake).mean()


def real_above_average(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """Each real sample against the average fake one, and each fake against the average real one.

    -E log sigmoid(D(x) - E D(G(z))) - E log(1 - sigmoid(D(G(z)) - E D(x))) (Jolicoeur-Martineau 2019, Section 4.2).
    """
    return softplus(on_fake.mean(0) - on_real).mean() + softplus(on_fake - on_real.mean(0)).mean()


def fake_above_average(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """`real_above_average` with the sides exchanged (Jolicoeur-Martineau 2019, Section 4.2)."""
    return real_above_average(on_fake, on_real)


# The variational objectives of Nowozin et al. 2016 (arXiv:1606.00709): the discriminator maximises
# E g(v(x)) - E f*(g(v(G(z)))), with the output activations g and conjugates f* of Table 2 and the logits v. The
# generator maximises E g(v(G(z))), as Section 3.2 advises in place of minimising -E f*(g(v(G(z)))).


def kl(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """g(v) = v, f*(t) = exp(t - 1): Kullback-Leibler (Nowozin et al. 2016, Table 2)."""
    return (on_fake - 1).exp().mean() - on_real.mean()


def reverse_kl(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """g(v) = -exp(-v), f*(t) = -1 - log(-t): reverse Kullback-Leibler (Nowozin et al. 2016, Table 2)."""
    return (-on_real).exp().mean() + on_fake.mean() - 1


def lift_reverse_kl(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E exp(-v(G(z))) (Nowozin et al. 2016, Section 3.2)."""
    return (-on_fake).exp().mean()


def pearson(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """g(v) = v, f*(t) = t^2 / 4 + t: Pearson chi-square (Nowozin et al. 2016, Table 2)."""
    return (on_fake.square() / 4 + on_fake).mean() - on_real.mean()


def hellinger(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """g(v) = 1 - exp(-v), f*(t) = t / (1 - t): squared Hellinger (Nowozin et al. 2016, Table 2)."""
    return on_fake.exp().mean() - 1 + (-on_real).exp().mean() - 1


def lift_hellinger(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E exp(-v(G(z))) - 1 (Nowozin et al. 2016, Section 3.2)."""
    return (-on_fake).exp().mean() - 1


def jensen_shannon(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """g(v) = log 2 - log(1 + exp(-v)), f*(t) = -log(2 - exp(t)): Jensen-Shannon (Nowozin et al. 2016, Table 2)."""
    return cross_entropy(on_real, on_fake) - 2 * LOG_TWO


def lift_jensen_shannon(on_real: Tensor, on_fake: Tensor) -> Tensor:
    """E log(1 + exp(-v(G(z)))) - log 2 (Nowozin et al. 2016, Section 3.2)."""
    return softplus(-on_fake).mean() - LOG_TWO


LOG_TWO = 0.6931471805599453

GOODFELLOW = "Goodfellow et al. 2014, https://arxiv.org/abs/1406.2661"
JOLICOEUR = "Jolicoeur-Martineau 2019, https://arxiv.org/abs/1807.00734"
NOWOZIN = "Nowozin et al. 2016, https://arxiv.org/abs/1606.00709"

MINIMAX = Objective("minimax", cross_entropy, saturating, GOODFELLOW, probability=torch.sigmoid, labelled=True)
NON_SATURATING = Objective(
    "non-saturating", cross_entropy, fooling, GOODFELLOW, probability=torch.sigmoid, labelled=True
)
WASSERSTEIN = Objective(
    "wasserstein", critic_gap, raised, "Arjovsky et al. 2017, https://arxiv.org/abs/1701.07875", even=None
)
LEAST_SQUARES = Objective(
    "least-squares",
    squares,
    squares_to_real,
    "Mao et al. 2017, https://arxiv.org/abs/1611.04076",
    even=0.5,
    probability=lambda logits: logits.clamp(0, 1),
    labelled=True,
)
HINGE = Objective("hinge", hinge, raised, "Lim and Ye 2017, https://arxiv.org/abs/1705.02894")
RANDOM_HINGE = Objective("random-hinge", random_hinge, raised, "Liu et al. 2021, https://arxiv.org/abs/2101.04775")
RELATIVISTIC = Objective("relativistic", real_above_fake, fake_above_real, JOLICOEUR, compares=True, even=None)
RELATIVISTIC_AVERAGE = Objective(
    "relativistic-average", real_above_average, fake_above_average, JOLICOEUR, compares=True, even=None
)
# With u = p_data / p_g, the best logit of each solves g(v) = f'(u), and p_data / (p_data + p_g) = u / (1 + u).
KL = Objective("kl", kl, raised, NOWOZIN, even=1.0, probability=lambda logits: torch.sigmoid(logits - 1))
REVERSE_KL = Objective("reverse-kl", reverse_kl, lift_reverse_kl, NOWOZIN, probability=torch.sigmoid)
PEARSON = Objective(
    "pearson", pearson, raised, NOWOZIN, probability=lambda logits: 1 - 1 / (2 + logits / 2).clamp(min=1)
)
HELLINGER = Objective(
    "hellinger", hellinger, lift_hellinger, NOWOZIN, probability=lambda logits: torch.sigmoid(2 * logits)
)
JENSEN_SHANNON = Objective("jensen-shannon", jensen_shannon, lift_jensen_shannon, NOWOZIN, probability=torch.sigmoid)

OBJECTIVES = {
    objective.name: objective
    for objective in (
        MINIMAX,
        NON_SATURATING,
        WASSERSTEIN,
        LEAST_SQUARES,
        HINGE,
        RANDOM_HINGE,
        RELATIVISTIC,
        RELATIVISTIC_AVERAGE,
        KL,
        REVERSE_KL,
        PEARSON,
        HELLINGER,
        JENSEN_SHANNON,
    )
}
"""Every objective, by name."""


def find_objective(name: str) -> Objective:
    """The objective called `name`; an unknown name is a `SettingError` that offers the nearest one."""
    if name not in OBJECTIVES:
        raise SettingError(f'There is no loss "{name}". {nearest_name(name, OBJECTIVES)}.')
    return OBJECTIVES[name]


def smoothed(objective: Objective, real: float = 0.1, fake: float = 0.0) -> Objective:
    """The objective with the discriminator's labels 1 - `real` and `fake` (Salimans et al. 2016, Section 3.4).

    One-sided smoothing is that of the real label alone: a fake label above 0 rewards the generator for samples that
    are wrong in a way that D has seen.

    Raises:
        SettingError: The objective has no labels, or the labels would meet.
    """
    if not objective.labelled:
        able = ", ".join(name for name, other in OBJECTIVES.items() if other.labelled)
        raise SettingError(f"The loss {objective.name} has no labels that could be smoothed. Losses that have: {able}.")
    if real + fake >= 1:
        raise SettingError(f"--smooth-real {real} and --smooth-fake {fake} must sum to less than 1.")
    # Where both are equally likely the best D is halfway between the labels; and no more is plain of p_data.
    halfway = (1 - real + fake) / 2
    return replace(
        objective,
        discriminator=partial(objective.discriminator, real_label=1 - real, fake_label=fake),
        even=halfway if objective is LEAST_SQUARES else math.log(halfway / (1 - halfway)),
        probability=None,
    )
