"""The rules of a game of two: what is played for, what is penalised, what the discriminator gets to see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from torch import Tensor, nn

from zerosum.config.adversarial import Adversarial
from zerosum.config.ramp import Ramp
from zerosum.core.errors import SettingError
from zerosum.core.space import Space
from zerosum.game.ada import AdaptiveAugment
from zerosum.game.augment import DiffAugment
from zerosum.game.auxiliary import Auxiliary
from zerosum.game.catalogue import penalties_of
from zerosum.game.focus import Focus
from zerosum.game.freezing import first_grids
from zerosum.game.game import Clock
from zerosum.game.inputs import InstanceNoise, Pack
from zerosum.game.judgement import Observer
from zerosum.game.objectives import Objective, find_objective, smoothed
from zerosum.game.penalties import Penalty
from zerosum.game.pretraining import Pretraining

KINDS_OF_SAMPLES = 32
"""Groups that data without classes are parted into, for `Focus`."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Everything about a game of two that is not a network, an optimizer or a prior. From Python, give just the parts.

    Attributes:
        objective: What the two play for.
        auxiliary: What the discriminator's auxiliary head adds to both losses.
        penalties: Added to the player's loss that they name.
        share_pass: Slopes at the very samples that the discriminator judges, and path lengths of those that the
            generator makes, come from that pass and have its precision; otherwise from passes of their own, in fp32.
        own_steps: Give penalties that come every few rounds optimizer steps of their own.
        inputs: Changes, differentiable, that the discriminator's every input goes through, in this order.
        pack: How samples become what is judged, after those changes.
        observers: What follows the discriminator's judgement and adapts.
        discriminator_steps: Moves of the discriminator in each round, each on its own batch.
        discriminator_rate: Its learning rate, as a multiple of what its optimizer says.
        pretraining: What holds the generator back at first.
        matching: Weight of the term in which real samples beside others' conditions count as fakes (Reed et al. 2016,
            Algorithm 1: s_w), so that the discriminator attends to what it is told.
        feature_matching: Weight of ||E f(x) - E f(G(z))||^2 in the generator's loss (Salimans et al. 2016, 3.1).
        top: Share of its samples that the generator learns from: the most convincing ones (Sinha et al. 2020).
        weight_limit: Clip the discriminator's weights to it (Arjovsky et al. 2017, Algorithm 1).
        gradient_clip: Scale each player's gradients down to this norm.
        frozen: Names of the discriminator's weights that stay as they are.
        focus: Which groups of samples to show more often.
        together: Real and generated samples go through the discriminator in one pass, since nothing in it looks from
            sample to sample.
        clock: How far the game has come.
    """

    objective: Objective
    auxiliary: Auxiliary | None = None
    penalties: Sequence[Penalty] = ()
    share_pass: bool = False
    own_steps: bool = False
    inputs: Sequence[Callable[[Tensor], Tensor]] = ()
    pack: Pack = Pack(1)
    observers: Sequence[Observer] = ()
    discriminator_steps: int = 1
    discriminator_rate: float = 1.0
    pretraining: Pretraining | None = None
    matching: float = 0.0
    feature_matching: float = 0.0
    top: Ramp = Ramp(1.0)
    weight_limit: float | None = None
    gradient_clip: float | None = None
    frozen: Callable[[nn.Module], frozenset[str]] | None = None
    focus: Focus | None = None
    together: bool = False
    clock: Clock = field(default_factory=Clock)

    @property
    def read_features(self) -> bool:
        """Whether somebody reads the discriminator's features beside its head."""
        return self.auxiliary is not None or self.feature_matching > 0 or self.matching > 0

    def prepare(self, x: Tensor) -> Tensor:
        """Samples as the discriminator gets them."""
        for change in self.inputs:
            x = change(x)
        return self.pack(x)


def rules_of(config: Adversarial, space: Space, auxiliary: Auxiliary | None = None) -> Rules:
    """The rules that settings ask for, for samples of a space, in a game with an auxiliary head or without one.

    Raises:
        SettingError: Settings that do not go together, or not with these samples.
    """
    clock, classes = Clock(), len(space.classes)
    objective = find_objective(config.loss)
    if config.smooth_real or config.smooth_fake:
        objective = smoothed(objective, config.smooth_real, config.smooth_fake)
    inputs: list[Callable[[Tensor], Tensor]] = []
    observers: list[Observer] = []
    if config.augment != "none" and space.kind != "image":
        raise SettingError(f"--augment is {config.augment}, which is for pictures; leave it out for {space.kind}.")
    if config.focus is not None and space.kind == "table":
        raise SettingError("--focus parts samples by what they look like, which rows of a table do not; leave it out.")
    if config.augment == "diffaugment":
        inputs.append(DiffAugment(probability=config.augment_probability))
    elif config.augment == "ada":
        adaptive = AdaptiveAugment(target=config.ada_target, samples=config.ada_samples)
        inputs.append(adaptive)
        observers.append(adaptive)
    if config.instance_noise:
        inputs.append(InstanceNoise(Ramp(config.instance_noise, 0.0, config.noise_samples), clock))
    if config.pack > 1:
        if classes or space.condition_width:
            raise SettingError(
                f"--pack is {config.pack}, and samples of different kinds cannot be judged as one: add "
                "--no-conditional, or leave --pack out."
            )
        if auxiliary is not None:
            raise SettingError(
                f"--pack is {config.pack}, and what this recipe reads off each sample cannot be read off several that "
                "are judged as one; leave --pack out."
            )
    if config.matching and not (classes or space.condition_width):
        raise SettingError(
            f"--matching is {config.matching}, and nothing is told of these samples that could fail to match; leave it "
            "out."
        )
    pretraining = focus = None
    if config.pretrain_samples is not None:
        pretraining = Pretraining(config.pretrain_samples, config.pretrain_accuracy)
        observers.append(pretraining)
    if config.focus is not None:
        if config.pack > 1:
            raise SettingError("--focus judges samples one by one and --pack several at once; leave one of them out.")
        focus = Focus(classes or KINDS_OF_SAMPLES, config.focus)
        observers.append(focus)
    return Rules(
        objective=objective,
        auxiliary=auxiliary,
        penalties=penalties_of(config),
        share_pass=config.penalty_precision == "networks",
        own_steps=config.penalty_steps == "own",
        inputs=inputs,
        pack=Pack(config.pack),
        observers=observers,
        discriminator_steps=config.discriminator_steps,
        discriminator_rate=config.discriminator_rate,
        pretraining=pretraining,
        matching=config.matching,
        feature_matching=config.feature_matching,
        top=Ramp(1.0, config.top_share, config.top_samples),
        weight_limit=config.weight_limit,
        gradient_clip=config.gradient_clip,
        frozen=partial(first_grids, config.frozen_grids, config.seen(space.shape), space)
        if config.frozen_grids
        else None,
        focus=focus,
        clock=clock,
    )
