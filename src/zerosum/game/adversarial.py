"""The game of a generator against a discriminator, by given rules."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import cached

from zerosum.core.batch import Batch
from zerosum.game.auxiliary import Described
from zerosum.game.game import Game, Judge, Modules, Outcome, Player, Turn
from zerosum.game.judgement import Judgement, verdict
from zerosum.game.penalties import DiscriminatorMove, GeneratorMove, Penalty
from zerosum.game.priors import Prior
from zerosum.game.rules import Rules

Trace = Callable[[Tensor, Tensor | None], tuple[Tensor, Tensor]]
"""(latents, condition) -> (codes, samples) of a generator that maps latents to codes, and those to samples."""


def adversarial_game(
    *, generator: Player, discriminator: Player, prior: Prior, rules: Rules, trace: Trace | None = None
) -> Game:
    """A generator and a discriminator that take turns.

    The generator's module maps (latents (n, prior.dimension), condition) to samples (n, ...); the discriminator's maps
    (samples, condition) to logits (n,), or (n, opinions) if several judges each play for the objective. Fakes carry the
    classes of the real samples they are set against. Where the rules have an auxiliary part or match features, it is an
    `nn.discriminator.Discriminator`.

    Args:
        generator: The player whose (averaged) weights are shipped.
        discriminator: Its opponent, or critic.
        prior: Where latents come from.
        rules: What the two play for, and how.
        trace: What the generator does, with the codes along which path lengths are measured; None where they are the
            latents.
    """
    sides = _Sides(generator.module, discriminator.module, prior, rules, trace)
    turns = [
        Turn("discriminator", sides.discriminator_loss, repeat=rules.discriminator_steps),
        Turn("generator", sides.generator_loss, held=rules.pretraining and rules.pretraining.holds),
    ]
    players = {"discriminator": _held(discriminator, rules), "generator": replace(generator, clip=rules.gradient_clip)}
    for own, loss in zip(tuple(turns), (sides.discriminator_penalties, sides.generator_penalties), strict=True):
        frequencies = sorted({penalty.every for penalty in sides.lazy(own.player)})
        turns += [Turn(own.player, partial(loss, every), every=every, held=own.held) for every in frequencies]
        if frequencies:
            moves = own.repeat / sum(1 / every for every in frequencies)
            player = players[own.player]
            players[own.player] = replace(player, optimizer=player.optimizer.lazy(moves))
    state = {key: value for part in (*rules.penalties, *rules.observers) for key, value in part.state.items()}
    return Game(
        players=players,
        turns=tuple(turns),
        prior=prior,
        generate=generate,
        clock=rules.clock,
        state=state,
        judge=Judge(
            sides.judge,
            rules.objective.middle,
            rules.objective.probability if rules.pack.size == 1 else None,
            rules.pack.size,
        ),
        multiples=rules.focus and rules.focus.multiples,
    )


def generate(modules: Modules, latents: Tensor, condition: Tensor | None) -> Tensor:
    """Samples (n, ...) of the generator for latents (n, dimension) and, where it has classes, class indices (n,)."""
    return modules["generator"](latents, condition)


class _Sides:
    """The losses of both players.

    Each is computed with weights that are made from others, as under spectral normalisation, made once: real and
    generated samples meet one discriminator, and power iteration takes a step a move, as in its Algorithm 1.
    """

    def __init__(
        self, generator: nn.Module, discriminator: nn.Module, prior: Prior, rules: Rules, trace: Trace | None
    ) -> None:
        self.generator, self.discriminator, self.prior, self.rules = generator, discriminator, prior, rules
        self.trace = trace or (lambda latents, condition: (latents, generator(latents, condition)))

    def lazy(self, player: str) -> list[Penalty]:
        """The penalties of a player that have optimizer steps of their own."""
        return [p for p in self.rules.penalties if p.player == player and p.every > 1 and self.rules.own_steps]

    def joined(self, player: str) -> list[Penalty]:
        """The penalties of a player that are added to its loss in the round being played."""
        mine = [p for p in self.rules.penalties if p.player == player and p not in self.lazy(player)]
        return [penalty for penalty in mine if self.rules.clock.rounds % penalty.every == 0]

    @cached()
    def discriminator_loss(self, batch: Batch) -> Outcome:
        latents, fake = self._fakes(batch)
        penalties = self.joined("discriminator")
        move, of_real, of_fake = self._discriminator_move(batch, fake, penalties)
        terms = {"adversarial": self.rules.objective.discriminator(move.on_real, move.on_fake)}
        if self.rules.auxiliary is not None:
            sides = self._described(move.real, of_real, batch), self._described(move.fake, of_fake, batch, latents)
            terms |= self.rules.auxiliary.discriminator(*sides)
        if self.rules.matching:
            terms["mismatched"] = self.rules.matching * self._mismatched(move.on_real, of_real, batch.condition)
        terms |= self._values(penalties, move)
        logits = verdict(move.on_real.detach()), verdict(move.on_fake.detach())
        clock, steps = self.rules.clock, self.rules.discriminator_steps
        number = (batch.position - clock.samples * steps) // batch.total
        judgement = Judgement(self.rules.objective, batch, fake, *logits, clock, number)
        with torch.no_grad():
            for observer in self.rules.observers:
                observer.observe(judgement)
        return Outcome(terms, judgement.signals)

    @cached()
    def discriminator_penalties(self, every: int, batch: Batch) -> Outcome:
        _, fake = self._fakes(batch)
        penalties = [p for p in self.lazy("discriminator") if p.every == every]
        move, *_ = self._discriminator_move(batch, fake, penalties)
        return Outcome(self._values(penalties, move))

    @cached()
    def generator_loss(self, batch: Batch) -> Outcome:
        rules, penalties = self.rules, self.joined("generator")
        move = self._generator_move(batch, penalties)
        prepared, told = rules.prepare(move.fake), self._packed(batch.condition)
        on_fake, of_fake = self._look(prepared, told)
        on_real, of_real = on_fake, of_fake
        if rules.objective.compares or rules.feature_matching:
            with torch.no_grad():
                on_real, of_real = self._look(rules.prepare(batch.x), told)
        share = rules.top.at(rules.clock.samples)
        if share < 1:
            best = verdict(on_fake).topk(max(1, round(share * len(on_fake)))).indices
            on_real, on_fake = on_real[best], on_fake[best]
        terms = {"adversarial": rules.objective.generator(on_real, on_fake)}
        if rules.auxiliary is not None:
            terms |= rules.auxiliary.generator(self._described(prepared, of_fake, batch, move.latents))
        if rules.feature_matching:
            apart = of_fake.float().mean(0) - of_real.float().mean(0)
            terms["feature-matching"] = rules.feature_matching * apart.square().sum()
        return Outcome(terms | self._values(penalties, move))

    @cached()
    def generator_penalties(self, every: int, batch: Batch) -> Outcome:
        penalties = [p for p in self.lazy("generator") if p.every == every]
        return Outcome(self._values(penalties, self._generator_move(batch, penalties)))

    def judge(self, x: Tensor, condition: Tensor | None) -> Tensor:
        """Logits (n,) of samples as they are: packed where packs are judged, but neither augmented nor noisy."""
        return verdict(self.discriminator(self.rules.pack(x), self._packed(condition)).float())

    def _packed(self, condition: Tensor | None) -> Tensor | None:
        """What samples are told to be, as the discriminator is told: vectors are packed as samples are."""
        return condition if condition is None or not condition.is_floating_point() else self.rules.pack(condition)

    @torch.no_grad()
    def _fakes(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Latents, and the samples that the generator makes of them for the discriminator's move."""
        latents = self.prior.draw(batch)
        return latents, self.generator(latents, batch.condition)

    def _discriminator_move(
        self, batch: Batch, generated: Tensor, penalties: list[Penalty]
    ) -> tuple[DiscriminatorMove, Tensor, Tensor]:
        """The move that these penalties will look at, and the features of real samples and of generated ones."""
        told = self._packed(batch.condition)

        def score(x: Tensor) -> Tensor:
            return self.discriminator(x, told)

        with torch.no_grad():
            fake = self.rules.prepare(generated)
        real = self.rules.prepare(batch.x)
        if penalties and self.rules.share_pass:
            real, fake = (x.detach().float().requires_grad_() for x in (real, fake))
        if self.rules.together and not real.requires_grad:
            logits, features = self._look(torch.cat([real, fake]), None if told is None else torch.cat([told, told]))
            (on_real, on_fake), (of_real, of_fake) = logits.chunk(2), features.chunk(2)
        else:
            (on_real, of_real), (on_fake, of_fake) = (self._look(x, told) for x in (real, fake))
        move = DiscriminatorMove(self.discriminator, score, real, fake, on_real, on_fake, batch.noise)
        return move, of_real, of_fake

    def _generator_move(self, batch: Batch, penalties: list[Penalty]) -> GeneratorMove:
        def trace(latents: Tensor) -> tuple[Tensor, Tensor]:
            return self.trace(latents, batch.condition)

        shared = bool(penalties) and self.rules.share_pass
        latents = self.prior.draw(batch).requires_grad_(shared)
        codes, fake = trace(latents)
        return GeneratorMove(self.generator, trace, latents, fake, batch.noise, batch.condition, codes, shared)

    def _look(self, x: Tensor, condition: Tensor | None) -> tuple[Tensor, Tensor]:
        """Logits, and the features that they come from, of prepared samples; these themselves if nobody reads them."""
        if not self.rules.read_features:
            return self.discriminator(x, condition).float(), x
        features = self.discriminator.features(x, condition)  # type: ignore[operator]
        return self.discriminator.head(features, condition).float(), features  # type: ignore[operator]

    def _described(self, x: Tensor, features: Tensor, batch: Batch, latents: Tensor | None = None) -> Described:
        """Prepared samples with their features, for the auxiliary head."""
        return Described(self.discriminator.auxiliary, x, features, batch.condition, latents)  # type: ignore[arg-type]

    def _mismatched(self, on_real: Tensor, of_real: Tensor, condition: Tensor | None) -> Tensor:
        """The discriminator's loss where real samples (their features given) beside another's condition are the fakes.

        Samples whose neighbour's condition is their own are left out.
        """
        assert condition is not None, "the rules refuse matching where nothing is told"
        others = condition.roll(1, 0)
        wrong = (others != condition).view(len(others), -1).any(1)
        if not wrong.any():
            return on_real.sum() * 0
        on_wrong = self.discriminator.head(of_real, others).float()  # type: ignore[operator]
        return self.rules.objective.discriminator(on_real[wrong], on_wrong[wrong])

    def _values(self, penalties: list[Penalty], move: DiscriminatorMove | GeneratorMove) -> dict[str, Tensor]:
        samples = self.rules.clock.samples
        return {p.name: p.weight.at(samples) * p.every * p.value(move) for p in penalties}


def _held(discriminator: Player, rules: Rules) -> Player:
    """The discriminator with the rules' learning rate, clipping and limits."""
    return replace(
        discriminator,
        optimizer=discriminator.optimizer.scaled(rules.discriminator_rate),
        clip=rules.gradient_clip,
        constrain=_limit(rules.weight_limit) if rules.weight_limit else discriminator.constrain,
        frozen=rules.frozen(discriminator.module) if rules.frozen else discriminator.frozen,
    )


def _limit(largest: float) -> Callable[[nn.Module], None]:
    """Clips every weight to +-largest."""

    @torch.no_grad()
    def clip(module: nn.Module) -> None:
        for weight in module.parameters():
            weight.clamp_(-largest, largest)

    return clip
