"""Penalties on a player: on its slope, its weights, or what it says of changed samples.

Those on slopes are computed in fp32 and in passes of their own, except where a move can already be differentiated in
its samples, or codes: there `r1`, `r2`, `roth` and `PathLength` share its pass, and its precision.

In bfloat16 their gradients are as exact as those of the losses beside them, and err to no side. Measured on R3GAN and
StyleGAN2, fresh and after 100 and 400 rounds: those of R1 and R2 are off by 0.8 to 5 %, of path lengths by 2 to 4 %, of
the losses by 0.4 to 7 %; their parts along the exact gradient by -1 to +1 %. The value of R1 has an error of one sign
as long as the networks stay as they are (0.4 to 2.3 %, and up to 0.35 % more or less from batch to batch), which is to
say that the penalty's weight is so much larger or smaller.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from zerosum.config.ramp import Ramp
from zerosum.core.seeding import Noise
from zerosum.game.augment import perturb
from zerosum.game.judgement import verdict

Score = Callable[[Tensor], Tensor]
"""The discriminator with its condition filled in: samples (n, ...) -> logits (n,) or (n, opinions)."""


@dataclass(frozen=True)
class DiscriminatorMove:
    """What a penalty of the discriminator can look at.

    Attributes:
        module: The discriminator.
        score: It, with the condition filled in.
        real: Real samples as it was given them (augmented, noisy, packed), shape (n, ...). If they are fp32 and require
            gradients, the penalties on the slope at them share the pass that `on_real` comes from.
        fake: Generated ones, likewise.
        on_real: Logits of `real`, shape (n,) or (n, opinions), differentiable in the weights.
        on_fake: Logits of `fake`.
        noise: Random numbers for this batch.
    """

    module: nn.Module
    score: Score
    real: Tensor
    fake: Tensor
    on_real: Tensor
    on_fake: Tensor
    noise: Noise


@dataclass(frozen=True)
class GeneratorMove:
    """What a penalty of the generator can look at.

    Attributes:
        module: The generator.
        trace: It, with the condition filled in: latents (n, dimension) -> (codes (n, ..., d), samples (n, ...)). Codes
            are what samples are made of: vectors that the generator maps latents to first, or the latents themselves.
        latents: Those of this move, shape (n, dimension).
        fake: Their samples, differentiable in the weights.
        noise: Random numbers for this batch; they continue after the latents.
        condition: What the samples are told to be, if anything.
        codes: Those of `fake`.
        shared: Whether `fake` can be differentiated in them, so that penalties share its pass.
    """

    module: nn.Module
    trace: Callable[[Tensor], tuple[Tensor, Tensor]]
    latents: Tensor
    fake: Tensor
    noise: Noise
    condition: Tensor | None = None
    codes: Tensor | None = None
    shared: bool = False

    def generate(self, latents: Tensor) -> Tensor:
        """Samples (n, ...) of latents (n, dimension)."""
        return self.trace(latents)[1]


@dataclass(frozen=True)
class Penalty:
    """A penalty that is added to a player's loss.

    Attributes:
        name: Its name among the loss terms.
        value: From the player's move to a scalar.
        weight: What the value is multiplied by, as training goes on.
        every: Rounds from one evaluation to the next; the weight is multiplied by it, so that the mean pressure stays
            the same (lazy regularisation, Karras et al. 2020, Section 3.1).
        player: Whose penalty it is, "discriminator" or "generator".
        state: Running values that belong to it; they are changed in place and saved with the game.
    """

    name: str
    value: Callable[..., Tensor]
    weight: Ramp
    every: int = 1
    player: str = "discriminator"
    state: Mapping[str, Tensor] = field(default_factory=dict)


def slopes(score: Score, x: Tensor) -> tuple[Tensor, Tensor]:
    """Logits of each sample and ||d D(x) / dx||^2, both of shape (n,), float32, differentiable once more."""
    x = x.detach().float().requires_grad_()
    with torch.autocast(x.device.type, enabled=False), torch.enable_grad():
        logits = verdict(score(x))
    return logits, _squared_slopes(logits, x)


def judged(score: Score, x: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
    """The same as `slopes` at samples with known logits, from these where they can be differentiated in `x`."""
    if not x.requires_grad:
        return slopes(score, x)
    logits = verdict(logits)
    return logits, _squared_slopes(logits, x)


def _squared_slopes(logits: Tensor, x: Tensor) -> Tensor:
    """||d D(x) / dx||^2, (n,), of logits that were computed from `x`."""
    # Outside autocast, as every backward pass: it would round the gradients of what was computed in fp32.
    with torch.autocast(x.device.type, enabled=False), torch.enable_grad():
        (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
        return gradient.square().flatten(1).sum(1)


def norm(squared: Tensor) -> Tensor:
    """Root of squared norms; a tiny constant keeps its own slope finite where they vanish."""
    return (squared + 1e-12).sqrt()


def r1(move: DiscriminatorMove) -> Tensor:
    """1/2 E ||grad D(x)||^2 on real samples (Mescheder et al. 2018, Equation 9)."""
    return judged(move.score, move.real, move.on_real)[1].mean() / 2


def r2(move: DiscriminatorMove) -> Tensor:
    """1/2 E ||grad D(G(z))||^2 on generated samples (Mescheder et al. 2018, Equation 10)."""
    return judged(move.score, move.fake, move.on_fake)[1].mean() / 2


def between(move: DiscriminatorMove) -> Tensor:
    """Points drawn uniformly from the lines that join real and fake samples (Gulrajani et al. 2017, Section 4)."""
    share = move.noise.uniform(len(move.real)).view(-1, *[1] * (move.real.dim() - 1))
    return move.fake.detach().float().lerp(move.real.float(), share)


def gradient_penalty(move: DiscriminatorMove) -> Tensor:
    """E (||grad D(y)|| - 1)^2 at points y between real and fake ones (Gulrajani et al. 2017, Equation 3)."""
    return (norm(slopes(move.score, between(move))[1]) - 1).square().mean()


def one_sided_gradient_penalty(move: DiscriminatorMove) -> Tensor:
    """E max(0, ||grad D(y)|| - 1)^2 between real and fake (Gulrajani et al. 2017, Section 4; Petzka et al. 2018)."""
    return (norm(slopes(move.score, between(move))[1]) - 1).relu().square().mean()


def dragan(move: DiscriminatorMove) -> Tensor:
    """E (||grad D(x + d)|| - 1)^2 with normal d around real samples (Kodali et al. 2017, Equation 1 and Algorithm 1).

    The noise has half the standard deviation of the batch, as in the authors' experiments.
    """
    real = move.real.detach().float()
    around = real + 0.5 * real.std() * move.noise.normal(len(real), *real.shape[1:])
    return (norm(slopes(move.score, around)[1]) - 1).square().mean()


def roth(move: DiscriminatorMove) -> Tensor:
    """1/2 (E (1 - D(x))^2 ||grad v(x)||^2 + E D(G(z))^2 ||grad v(G(z))||^2), D = sigmoid(v) (Roth et al. 2017, Eq. 22).

    The regulariser of the Jensen-Shannon GAN: what adding noise to both distributions comes to, worked out.
    """
    on_real, real_norms = judged(move.score, move.real, move.on_real)
    on_fake, fake_norms = judged(move.score, move.fake, move.on_fake)
    by_real = ((-on_real).sigmoid().square() * real_norms).mean()
    return (by_real + (on_fake.sigmoid().square() * fake_norms).mean()) / 2


def drift(move: DiscriminatorMove) -> Tensor:
    """E D(x)^2 on real samples, so that a critic's logits stay near zero (Karras et al. 2018, Appendix A.1)."""
    return move.on_real.square().mean()


def weight_decay(move: DiscriminatorMove) -> Tensor:
    """1/2 ||w||^2 over all weights of the discriminator (Mescheder et al. 2018 discuss it as a stabiliser)."""
    return torch.stack([weight.square().sum() for weight in move.module.parameters()]).sum() / 2


def orthogonal(move: DiscriminatorMove | GeneratorMove) -> Tensor:
    """Sum over layers of ||W W^T * (1 - I)||^2: rows at right angles, of any length (Brock et al. 2019, Equation 3)."""
    values = []
    for weight in move.module.parameters():
        if weight.dim() > 1:
            with torch.autocast(weight.device.type, enabled=False):
                matrix = weight.flatten(1)
                if len(matrix) <= matrix.shape[1]:
                    products = matrix @ matrix.T
                    values.append((products - products.diagonal().diag()).square().sum())
                else:
                    # More rows than can be orthogonal, as in a generator's first layer: ten thousand, of a hundred
                    # numbers each. ||W W^T|| = ||W^T W||, and the latter is the smaller matrix.
                    lengths = matrix.square().sum(1)
                    values.append((matrix.T @ matrix).square().sum() - lengths.square().sum())
    return torch.stack(values).sum()


def consistency(move: DiscriminatorMove) -> Tensor:
    """E (D(x) - D(T(x)))^2 for small changes T of real samples (Zhang et al. 2020, Equation 5)."""
    return (move.on_real - move.score(perturb(move.real))).square().mean()


def balanced_consistency(move: DiscriminatorMove) -> Tensor:
    """`consistency` of real and of generated samples alike (Zhao et al. 2021, Algorithm 1)."""
    return consistency(move) + (move.on_fake - move.score(perturb(move.fake))).square().mean()


class LeCam:
    """E (D(x) - a_fake)^2 + E (D(G(z)) - a_real)^2 with running means a of the logits (Tseng et al. 2021, Equation 3).

    Attributes:
        state: The two running means.
    """

    def __init__(self, decay: float = 0.99) -> None:
        self.decay = decay
        self.state = {"lecam/real": torch.zeros(()), "lecam/fake": torch.zeros(())}

    def __call__(self, move: DiscriminatorMove) -> Tensor:
        """The penalty; moves the running means."""
        for name, logits in (("lecam/real", move.on_real), ("lecam/fake", move.on_fake)):
            self.state[name].lerp_(logits.detach().mean().float(), 1 - self.decay)
        to_fake = (move.on_real - self.state["lecam/fake"]).square().mean()
        return to_fake + (move.on_fake - self.state["lecam/real"]).square().mean()


def mode_seeking(move: GeneratorMove) -> Tensor:
    """1 / (|G(z) - G(z')| / |z - z'|), so that other latents give other samples (Mao et al. 2019, Equation 3)."""
    others = move.noise.normal(*move.latents.shape)
    apart = (move.fake - move.generate(others)).float().abs().flatten(1).mean(1)
    return (1 / (apart / (move.latents - others).abs().mean(1) + 1e-5)).mean()


class PathLength:
    """E (||J^T y|| - a)^2 for normal y: equal steps in the code make equal steps in the sample.

    Karras et al. 2020 (arXiv:1912.04958), Equation 4; a is the running mean of the lengths. Where a sample has several
    codes, one for each layer, its length is the root mean square of theirs.

    Attributes:
        state: That running mean.
    """

    def __init__(self, decay: float = 0.99) -> None:
        self.decay = decay
        self.state = {"path-length/mean": torch.zeros(())}

    def __call__(self, move: GeneratorMove) -> Tensor:
        """The penalty; moves the running mean."""
        mean = self.state["path-length/mean"]
        codes, fake = move.codes, move.fake
        with torch.autocast(fake.device.type, enabled=False):
            if codes is None or not move.shared:
                codes, fake = move.trace(move.latents.detach().float().requires_grad_())
            # Divided by the root of the number of pixels, so that the length does not depend on the resolution.
            direction = move.noise.normal(*fake.shape) / fake[0, 0].numel() ** 0.5
            (gradient,) = torch.autograd.grad((fake * direction).sum(), codes, create_graph=True)
        lengths = norm(gradient.square().sum(-1).view(len(fake), -1).mean(1))
        mean.lerp_(lengths.detach().mean(), 1 - self.decay)
        return (lengths - mean.clone()).square().mean()
