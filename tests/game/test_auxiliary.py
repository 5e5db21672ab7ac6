"""Auxiliary terms against their formulas in float64, and what they do to either player."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax
from scipy.stats import norm
from torch import Tensor, nn

from zerosum.config.adversarial import Adversarial
from zerosum.config.optimizer import Adam
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.adversarial import adversarial_game
from zerosum.game.auxiliary import (
    LEAST_DEVIATION,
    Auxiliary,
    Described,
    categorical_information,
    class_likelihood,
    continuous_information,
    mutual_information,
    recognised,
    reconstruction,
)
from zerosum.game.game import Game, Player
from zerosum.game.objectives import NON_SATURATING, Objective
from zerosum.game.priors import Codes, Normal, Prior
from zerosum.game.rules import Rules, rules_of
from zerosum.networks.perceptron import PerceptronDiscriminator, PerceptronGenerator
from zerosum.nn.auxiliary import with_auxiliary
from zerosum.nn.discriminator import Discriminator
from zerosum.train.engine import Engine

POINTS = Space(kind="points", shape=(2,))
NOTHING = Objective("nothing", lambda real, fake: 0 * real.mean(), lambda real, fake: 0 * fake.mean(), "none")
"""A game in which only the auxiliary terms are played for."""


def test_categorical_information_is_the_formula() -> None:
    generator = np.random.default_rng(0)
    logits, values = generator.normal(size=(50, 7)) * 3, generator.integers(0, 7, 50)
    expected = math.log(7) + log_softmax(logits, 1)[np.arange(50), values].mean()
    found = categorical_information(torch.from_numpy(logits), torch.from_numpy(np.eye(7)[values]))
    assert found.item() == pytest.approx(expected, rel=1e-12)


def test_continuous_information_is_the_formula() -> None:
    generator = np.random.default_rng(1)
    codes, means = generator.uniform(-1, 1, (50, 3)), generator.normal(size=(50, 3))
    logarithms = generator.normal(size=(50, 3))
    densities = norm.logpdf(codes, means, LEAST_DEVIATION + np.exp(logarithms))
    said = torch.from_numpy(np.concatenate([means, logarithms], 1))
    found = continuous_information(said, torch.from_numpy(codes))
    assert found.item() == pytest.approx((math.log(2) + densities).sum(1).mean(), rel=1e-12)


def test_what_a_sure_head_and_an_ignorant_one_know() -> None:
    code = torch.eye(10)[torch.arange(30) % 10]
    assert categorical_information(1e4 * code, code).item() == pytest.approx(math.log(10))
    assert categorical_information(torch.zeros(30, 10), code).item() == pytest.approx(0, abs=1e-6)
    places = torch.linspace(-1, 1, 10_001)[:, None]
    sure = continuous_information(torch.cat([places, torch.full_like(places, -1e4)], 1), places)
    assert sure.item() == pytest.approx(math.log(2) - math.log(LEAST_DEVIATION * math.sqrt(2 * math.pi)))
    # The best normal density of a code that is not known has the uniform one's variance, 1/3, and so knows less than 0.
    deviation = math.sqrt(1 / 3)
    guess = torch.tensor([0.0, math.log(deviation - LEAST_DEVIATION)]).expand(len(places), 2)
    best = math.log(2) - math.log(deviation * math.sqrt(2 * math.pi * math.e))
    assert continuous_information(guess, places).item() == pytest.approx(best, rel=1e-3) and best < 0


def test_it_is_a_bound_that_the_posterior_reaches() -> None:
    """All pairs (c, x) of a joint distribution, as often as they are likely: the mutual information is then known."""
    counts = np.array([[6, 2, 2], [1, 8, 1]])  # P(c, x) * 20, with both values of c equally likely
    joint = counts / counts.sum()
    posterior = joint / joint.sum(0)
    truth = (joint * np.log(joint / joint.sum(1, keepdims=True) / joint.sum(0))).sum()
    pairs = [(c, x) for c in range(2) for x in range(3) for _ in range(counts[c, x])]
    code = torch.eye(2, dtype=torch.float64)[[c for c, _ in pairs]]
    seen = [x for _, x in pairs]
    best = torch.from_numpy(np.log(posterior).T)[seen]
    assert categorical_information(best, code).item() == pytest.approx(truth, rel=1e-12)
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        other = (torch.from_numpy(np.log(posterior).T) + torch.randn(3, 2, generator=generator))[seen]
        assert categorical_information(other, code).item() < truth


def described(said: Tensor, latents: Tensor | None = None) -> Described:
    """Samples of which a head says this."""
    return Described(nn.Identity(), torch.zeros(len(said), 1), said, None, latents)


def test_each_code_is_read_off_its_own_numbers() -> None:
    prior = Codes.beside(3, (4, 2), 2)
    latents = prior.draw(Batch(torch.zeros(500, 1), None, Noise(0)))
    _, first, second, places = prior.parts(latents)
    unknown = math.log(2) - math.log(math.sqrt(2 * math.pi)) - math.log(LEAST_DEVIATION + 1)
    unknown = 2 * unknown - (places.square().sum(1).mean().item() / (LEAST_DEVIATION + 1) ** 2) / 2
    terms = mutual_information(prior, 2.0, 0.5).generator
    assert recognised(prior) == [4, 2, 4]
    knowing = torch.cat([torch.zeros(500, 4), 1e4 * second, torch.zeros(500, 4)], 1)
    found = terms(described(knowing, latents))
    assert found["categorical-codes"].item() == pytest.approx(-2 * math.log(2), rel=1e-5)
    assert found["continuous-codes"].item() == pytest.approx(-0.5 * unknown, rel=1e-4)
    knowing = torch.cat([1e4 * first, 1e4 * second, places, torch.full((500, 2), -1e4)], 1)
    found = terms(described(knowing, latents))
    assert found["categorical-codes"].item() == pytest.approx(-2 * (math.log(4) + math.log(2)), rel=1e-5)
    sure = 2 * (math.log(2) - math.log(LEAST_DEVIATION * math.sqrt(2 * math.pi)))
    assert found["continuous-codes"].item() == pytest.approx(-0.5 * sure, rel=1e-5)


def test_codes_that_are_not_there_have_no_terms() -> None:
    batch = Batch(torch.zeros(8, 1), None, Noise(0))
    for categorical, continuous, names in (((3,), 0, {"categorical-codes"}), ((), 1, {"continuous-codes"})):
        prior = Codes.beside(2, categorical, continuous)
        said = torch.zeros(8, sum(recognised(prior)))
        both = mutual_information(prior)
        fake = described(said, prior.draw(batch))
        assert both.generator(fake).keys() == names
        assert both.discriminator(described(said), fake).keys() == names


class Seen(Discriminator):
    """Features that are the samples themselves, a head that says 0, and an auxiliary head that is one matrix."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.head = PerceptronDiscriminator((2,), 4, 1).head
        self.auxiliary = nn.Linear(2, len(weight), bias=False)
        self.auxiliary.weight.data.copy_(weight)

    def features(self, x: Tensor, condition: Tensor | None) -> Tensor:
        return x


class Samples(nn.Module):
    """A generator whose weights are its samples, so that their gradients are the samples'."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.samples = nn.Parameter(torch.randn(count, 2, generator=torch.Generator().manual_seed(3)))

    def forward(self, latents: Tensor, condition: Tensor | None) -> Tensor:
        return self.samples + 0 * latents[:, :2]


def game_of(
    discriminator: Discriminator,
    generator: nn.Module,
    auxiliary: Auxiliary | None,
    prior: Prior,
    objective: Objective = NOTHING,
) -> Game:
    return adversarial_game(
        generator=Player(generator, Adam(rate=1e-2)),
        discriminator=Player(discriminator, Adam(rate=1e-2)),
        prior=prior,
        rules=Rules(objective=objective, auxiliary=auxiliary),
    )


def test_gradients_of_the_class_for_both_players() -> None:
    """Of the cross-entropy: (P(c | x) - 1[c]) times what the head sees, by hand and in float64."""
    weight = torch.tensor([[2.0, 0.0], [-1.0, 1.0], [0.0, -1.0]])
    head, generator = Seen(weight), Samples(12)
    head.head = nn.Module()
    head.head.forward = lambda features, condition: features.sum(1) * 0  # type: ignore[method-assign]
    game = game_of(head, generator, class_likelihood(0.7), Normal(2))
    condition = torch.arange(12) % 3
    real = torch.randn(12, 2, generator=torch.Generator().manual_seed(4))
    batch = Batch(real, condition, Noise(0))

    def wrong(x: Tensor) -> np.ndarray:
        return softmax((x.double() @ weight.double().T).detach().numpy(), 1) - np.eye(3)[condition]

    terms = game.turns[1].loss(batch).terms
    sum(terms.values()).backward()  # type: ignore[union-attr]
    expected = 0.7 * wrong(generator.samples) @ weight.double().numpy() / 12
    np.testing.assert_allclose(generator.samples.grad, expected, atol=1e-6)
    with torch.no_grad():
        before = (generator.samples @ weight.T).log_softmax(1)[range(12), condition]
        after = ((generator.samples - 0.1 * generator.samples.grad) @ weight.T).log_softmax(1)[range(12), condition]
    assert (after > before).all(), "every sample moves towards its class"

    head.zero_grad()
    terms = game.turns[0].loss(batch).terms
    assert {"class-of-real", "class-of-fake"} < terms.keys()
    sum(terms.values()).backward()  # type: ignore[union-attr]
    sides = [wrong(x).T @ x.detach().double().numpy() / 12 for x in (real, generator.samples)]
    np.testing.assert_allclose(head.auxiliary.weight.grad, 0.7 * (sides[0] + sides[1]), atol=1e-6)


def played(
    auxiliary: Callable[[Codes], Auxiliary], rounds: int, condition: Tensor | None = None
) -> tuple[Game, list[dict]]:
    """A generator and a head that have nothing to do but to agree."""
    torch.manual_seed(0)
    prior = Codes.beside(2, (3,), 1)
    classes = 0 if condition is None else 3
    generator = PerceptronGenerator((2,), prior.dimension, 16, 1, classes)
    discriminator = with_auxiliary(PerceptronDiscriminator((2,), 16, 1), (2,), 5 if condition is None else 3, 16)
    game = game_of(discriminator, generator, auxiliary(prior), prior)
    engine, records = Engine(game, Run(device="cpu"), POINTS), []
    for number in range(rounds):
        batch = Batch(torch.zeros(64, 2), condition, Noise(number))
        records.append({key: value.item() for turn in game.turns for key, value in engine.take(turn, batch).items()})
        engine.advance(64)
    return game, records


def test_codes_come_to_be_read_off_the_samples() -> None:
    _, records = played(mutual_information, 150)
    categorical, continuous = (
        np.array([record[f"generator/{kind}-codes"] for record in records]) for kind in ("categorical", "continuous")
    )
    assert categorical[0] > -0.2 and continuous[0] > 0, "nothing is known at first"
    assert categorical[-50:].mean() < -0.9 * math.log(3) and continuous[-50:].mean() < -0.5
    assert categorical.min() >= -math.log(3) - 1e-5, "H(c) is all there is to know"


def test_samples_come_to_be_of_their_class() -> None:
    _, records = played(lambda prior: class_likelihood(), 100, torch.arange(64) % 3)
    assert records[0]["generator/class-of-fake"] > 0.8 and records[-1]["generator/class-of-fake"] < 0.1
    real = records[-1]["discriminator/class-of-real"]
    assert real > math.log(3) - 0.05, "reals that are all alike cannot be told apart, and the head is asked of them too"


def test_a_move_changes_its_player_alone_and_the_head_is_the_discriminators() -> None:
    game, _ = played(mutual_information, 1)
    engine = Engine(game, Run(device="cpu"), POINTS)
    batch = Batch(torch.zeros(16, 2), None, Noise(5))

    def weights() -> dict[str, Tensor]:
        pairs = [(name, p.module.named_parameters()) for name, p in game.players.items()]
        return {f"{name}.{key}": weight.detach().clone() for name, own in pairs for key, weight in own}

    for turn in game.turns:
        before = weights()
        engine.take(turn, batch)
        moved = {name for name, weight in weights().items() if not torch.equal(weight, before[name])}
        assert moved and all(name.startswith(turn.player) for name in moved)
        if turn.player == "discriminator":
            assert "discriminator.auxiliary.out.weight" in moved
            assert "discriminator.layers.0.weight" in moved, "the features that it shares learn of the codes as well"


def test_the_rest_of_the_game_is_as_without_it() -> None:
    terms = []
    for auxiliary in (False, True):
        torch.manual_seed(0)
        prior, discriminator = Codes.beside(2, (3,), 1), PerceptronDiscriminator((2,), 8, 2)
        generator = PerceptronGenerator((2,), prior.dimension, 8, 1)
        extra = mutual_information(prior) if auxiliary else None
        game = game_of(with_auxiliary(discriminator, (2,), 5), generator, extra, prior, NON_SATURATING)
        batch = Batch(torch.ones(8, 2), None, Noise(0))
        terms.append([turn.loss(Batch(batch.x, None, Noise(0))).terms["adversarial"] for turn in game.turns])
    assert all(torch.equal(a, b) for a, b in zip(*terms, strict=True))


def test_packs_are_refused() -> None:
    with pytest.raises(SettingError, match="--pack is 2.*leave --pack out"):
        rules_of(Adversarial(pack=2), POINTS, class_likelihood())


def test_reconstruction_is_of_real_samples_alone() -> None:
    """The mean absolute difference of every pair, and nothing is asked of generated samples, in either move."""
    asked = []

    def head(features: Tensor, x: Tensor) -> list[tuple[Tensor, Tensor]]:
        asked.append(x)
        return [(features, x), (2 * features, x[:, :1])]

    real = Described(head, torch.tensor([[1.0, 2.0]]), torch.tensor([[0.5, -1.0]]))
    fake = Described(head, torch.zeros(1, 2), torch.zeros(1, 2), None, torch.zeros(1, 3))
    both = reconstruction(0.3)
    terms = both.discriminator(real, fake)
    assert terms.keys() == {"reconstruction"} and both.generator(fake) == {}
    assert terms["reconstruction"].item() == pytest.approx(0.3 * ((0.5 + 3) / 2 + (0 + 3) / 2))
    assert asked == [real.x]


class Silent(nn.Module):
    def forward(self, features: Tensor, condition: Tensor | None) -> Tensor:
        return 0 * features.sum(1)


class Redrawn(nn.Module):
    """One matrix says what the samples were."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = nn.Parameter(torch.zeros(2, 2))

    def forward(self, features: Tensor, x: Tensor) -> list[tuple[Tensor, Tensor]]:
        return [(features @ self.matrix, x)]


def test_real_samples_are_handed_to_the_head_as_the_discriminator_saw_them() -> None:
    judge = Seen(torch.zeros(2, 2))
    judge.head, judge.auxiliary = Silent(), Redrawn()
    rules = Rules(objective=NOTHING, auxiliary=reconstruction(), inputs=[lambda x: 3 * x])
    players = {"generator": Player(Samples(64), Adam(rate=1e-2)), "discriminator": Player(judge, Adam(rate=1e-2))}
    game = adversarial_game(**players, prior=Normal(2), rules=rules)
    real = torch.randn(64, 2)
    found = game.turns[0].loss(Batch(real, None, Noise(0))).terms["reconstruction"]
    assert found.item() == pytest.approx(3 * real.abs().mean().item(), rel=1e-6), "the matrix is still zero"
    engine = Engine(game, Run(device="cpu"), POINTS)
    for number in range(200):
        engine.take(game.turns[0], Batch(torch.randn(64, 2), None, Noise(number)))
    after = game.turns[0].loss(Batch(real, None, Noise(0))).terms["reconstruction"]
    assert after < 0.1 * found
    assert set(game.turns[1].loss(Batch(real, None, Noise(0))).terms) == {"adversarial"}
