"""The rules beside objectives and penalties: what the discriminator sees, who moves, how far, and on which samples."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from zerosum.config.adversarial import Adversarial
from zerosum.config.optimizer import Adam, MomentumSGD
from zerosum.config.ramp import Ramp
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.data import Loader, open_dataset
from zerosum.data.conditions import Classes
from zerosum.game.adversarial import adversarial_game
from zerosum.game.focus import Focus
from zerosum.game.game import Clock, Game, Player
from zerosum.game.inputs import InstanceNoise, Pack
from zerosum.game.judgement import Judgement
from zerosum.game.objectives import HINGE, NON_SATURATING, RELATIVISTIC, WASSERSTEIN, Objective
from zerosum.game.penalties import Penalty, r1, roth
from zerosum.game.pretraining import Pretraining
from zerosum.game.priors import Normal
from zerosum.game.rules import Rules, rules_of
from zerosum.networks.perceptron import PerceptronDiscriminator
from zerosum.train.engine import Engine, gradient_norm
from zerosum.train.feed import Feed
from zerosum.train.loop import play

POINTS = Space(kind="points", shape=(2,))
PICTURES = Space(kind="image", shape=(1, 8, 8), classes=("a", "b"), frequencies=(0.5, 0.5))
PLAIN = MomentumSGD(rate=0.1, momentum=0.0, final_momentum=0.0, rate_half_life=10**12)


class Line(nn.Module):
    """A generator that is one linear map, or hands its latents through."""

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Linear(2, 2)

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        return self.map(x)


class First(nn.Module):
    """A score that is the first coordinate, times a weight."""

    def __init__(self, size: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([size, 0.0]))

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        return x @ self.weight


class Two(nn.Module):
    """Two judges: one of the first coordinate, one of the second, and of half its weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor([1.0, 0.5]))

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        return x * self.weight


def game_of(objective: Objective = NON_SATURATING, critic: nn.Module | None = None, **rules: Any) -> Game:
    torch.manual_seed(0)
    return adversarial_game(
        generator=Player(Line(), PLAIN),
        discriminator=Player(critic or PerceptronDiscriminator((2,), 16, 2), PLAIN),
        prior=Normal(2),
        rules=Rules(objective=objective, **rules),
    )


def engine_of(game: Game) -> Engine:
    return Engine(game, Run(device="cpu", log_rounds=1), POINTS)


def batch_of(count: int = 8, seed: int = 0) -> Batch:
    generator = torch.Generator().manual_seed(seed)
    return Batch(torch.randn(count, 2, generator=generator) + 1, None, Noise(seed))


def copies(module: nn.Module) -> list[Tensor]:
    return [weight.detach().clone() for weight in module.parameters()]


def test_instance_noise_falls_to_nothing() -> None:
    clock, x = Clock(), torch.randn(20_000, 2)
    noise = InstanceNoise(Ramp(0.8, 0.0, 1000), clock)
    found = []
    for clock.samples in (0, 500, 1000, 5000):
        found.append((noise(x) - x).std().item())
    assert found == pytest.approx([0.8, 0.4, 0.0, 0.0], rel=0.02)
    assert noise(x) is x


def test_instance_noise_reaches_real_and_fake_but_not_the_judge() -> None:
    seen = []

    class Watching(First):
        def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
            seen.append(x.detach())
            return super().forward(x, condition)

    clock = Clock()
    noisy = InstanceNoise(Ramp(3.0, 0.0, 1000), clock)
    game = game_of(critic=Watching(), inputs=[noisy], clock=clock)
    with torch.no_grad():
        game.players["generator"].module.map.weight.zero_()
    batch = Batch(torch.zeros(4000, 2), None, Noise(0))
    game.turns[0].loss(batch)
    game.turns[1].loss(batch)
    assert [x.std().item() for x in seen] == pytest.approx([3, 3, 3], rel=0.05)
    assert not torch.equal(seen[0], seen[1])
    game.judge.logits(batch.x, None)
    assert torch.equal(seen[-1], batch.x)


def test_packs_hold_neighbours_one_behind_the_other() -> None:
    x = torch.arange(7 * 3 * 2 * 2).view(7, 3, 2, 2)
    packed = Pack(2)(x)
    assert packed.shape == (3, 6, 2, 2)
    for index in range(3):
        assert torch.equal(packed[index], torch.cat([x[2 * index], x[2 * index + 1]]))
    assert Pack(3)(torch.zeros(9, 2)).shape == (3, 6)
    assert Pack(1)(x) is x
    with pytest.raises(SettingError, match="batch of 7 does not fill one pack of 8.*larger --batch"):
        Pack(8)(x)
    assert Adversarial(pack=4).seen((3, 16, 16)) == (12, 16, 16)


def test_what_cannot_be_packed_is_refused() -> None:
    with pytest.raises(SettingError, match="--pack is 2.*--no-conditional"):
        rules_of(Adversarial(pack=2), PICTURES)
    with pytest.raises(SettingError, match="--focus.*--pack"):
        rules_of(Adversarial(pack=2, focus=2.0), POINTS)
    for augment in ("ada", "diffaugment"):
        with pytest.raises(SettingError, match=f"--augment is {augment}, which is for pictures"):
            rules_of(Adversarial(augment=augment), POINTS)
    with pytest.raises(SettingError, match="wasserstein has no labels"):
        rules_of(Adversarial(loss="wasserstein", smooth_real=0.1), POINTS)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"top_share": 0.0}, "--top-share is 0.0"),
        ({"top_share": 1.5}, "--top-share is 1.5"),
        ({"focus": 0.5}, "--focus is 0.5"),
        ({"smooth_real": 1.5}, "--smooth-real is 1.5"),
        ({"augment_probability": -0.1}, "--augment-probability is -0.1"),
        ({"pretrain_accuracy": 2.0}, "--pretrain-accuracy is 2.0"),
        ({"weight_limit": 0.0}, "--weight-limit is 0.0"),
        ({"gradient_clip": -1.0}, "--gradient-clip is -1.0"),
        ({"ada_target": float("nan")}, "--ada-target is nan"),
    ],
)
def test_settings_that_mean_nothing(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        Adversarial(**settings)


def test_every_setting_reaches_the_rules() -> None:
    config = Adversarial(
        loss="least-squares",
        smooth_real=0.1,
        penalties="r1",
        penalty_steps="own",
        augment="ada",
        ada_target=0.4,
        instance_noise=0.5,
        noise_samples=100,
        discriminator_steps=3,
        discriminator_rate=2.0,
        pretrain_samples=50,
        feature_matching=0.7,
        top_share=0.5,
        top_samples=100,
        weight_limit=0.1,
        gradient_clip=1.0,
        focus=3.0,
    )
    rules = rules_of(config, PICTURES)
    on_real, on_fake = torch.tensor([0.9]), torch.tensor([0.0])
    assert rules.objective.discriminator(on_real, on_fake).item() == pytest.approx(0)
    assert [p.name for p in rules.penalties] == ["r1"] and rules.own_steps
    assert len(rules.inputs) == 2 and len(rules.observers) == 3
    assert (rules.discriminator_steps, rules.discriminator_rate, rules.feature_matching) == (3, 2.0, 0.7)
    assert [rules.top.at(samples) for samples in (0, 50, 100, 900)] == pytest.approx([1.0, 0.75, 0.5, 0.5])
    assert (rules.weight_limit, rules.gradient_clip) == (0.1, 1.0)
    assert rules.focus.multiples().shape == (2,), "a class is a group"
    assert rules_of(Adversarial(focus=2.0), POINTS).focus.multiples().shape == (32,)
    rules.clock.samples = 50
    assert rules.inputs[1].deviation.at(rules.clock.samples) == pytest.approx(0.25)
    assert rules.inputs[1].clock is rules.clock and rules.pretraining.holds(Clock())
    plain = rules_of(Adversarial(), POINTS)
    assert not plain.inputs and not plain.observers and not plain.penalties and plain.focus is None


class Through(nn.Module):
    """A generator that adds a learned offset to each latent of a batch."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.offsets = nn.Parameter(torch.zeros(count, 2))

    def forward(self, latent: Tensor, condition: Tensor | None) -> Tensor:
        return latent + self.offsets


def through(objective: Objective, **rules: Any) -> Game:
    return adversarial_game(
        generator=Player(Through(8), PLAIN),
        discriminator=Player(First(), PLAIN),
        prior=Normal(2),
        rules=Rules(objective=objective, **rules),
    )


@pytest.mark.parametrize(("share", "kept"), [(1.0, 8), (0.5, 4), (0.3, 2), (0.01, 1)])
@pytest.mark.parametrize("objective", [WASSERSTEIN, RELATIVISTIC], ids=lambda objective: objective.name)
def test_the_generator_learns_from_its_most_convincing_samples(objective: Objective, share: float, kept: int) -> None:
    """Sinha et al. 2020: the others get no gradient."""
    game, batch = through(objective, top=Ramp(share)), batch_of()
    latents = Noise(0).normal(8, 2)
    outcome = game.turns[1].loss(batch)
    outcome.terms["adversarial"].backward()
    learning = game.players["generator"].module.offsets.grad.abs().sum(1) > 0
    best = latents[:, 0].topk(kept).indices
    assert set(learning.nonzero().flatten().tolist()) == set(best.tolist())
    # A fake is compared with the real sample whose class it carries.
    expected = objective.generator(batch.x[best, 0], latents[best, 0])
    assert outcome.terms["adversarial"].item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_share_of_samples_shrinks_as_training_goes_on() -> None:
    game, learning = through(WASSERSTEIN, top=Ramp(1.0, 0.25, 100)), []
    for game.clock.samples in (0, 50, 100, 1000):
        (gradient,) = torch.autograd.grad(
            game.turns[1].loss(batch_of()).terms["adversarial"], game.players["generator"].module.offsets
        )
        learning.append(int((gradient.abs().sum(1) > 0).sum()))
    assert learning == [8, 5, 2, 2]


def test_feature_matching_is_the_squared_distance_of_mean_features() -> None:
    """Salimans et al. 2016, Section 3.1, with features that a perceptron computes, in float64."""
    critic = PerceptronDiscriminator((2,), 5, 1)
    game, batch = game_of(critic=critic, feature_matching=0.3), batch_of(16)
    terms = game.turns[1].loss(batch).terms
    line, layer = game.players["generator"].module.map, critic.layers[0]

    def features(x: np.ndarray) -> np.ndarray:
        y = x @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy()
        return np.where(y > 0, y, 0.2 * y)

    latents = Noise(0).normal(16, 2).double().numpy()
    fake = latents @ line.weight.detach().double().numpy().T + line.bias.detach().double().numpy()
    apart = features(fake).mean(0) - features(batch.x.double().numpy()).mean(0)
    assert terms["feature-matching"].item() == pytest.approx(0.3 * (apart**2).sum(), rel=1e-5)
    with torch.no_grad():
        expected = NON_SATURATING.generator(torch.zeros(1), critic(torch.tensor(fake, dtype=torch.float32)))
    assert terms["adversarial"].item() == pytest.approx(expected.item(), rel=1e-5)
    terms["feature-matching"].backward()
    assert line.weight.grad.abs().max() > 0


def test_weights_are_clipped_after_each_move() -> None:
    game = game_of(WASSERSTEIN, weight_limit=0.01)
    critic = game.players["discriminator"].module
    engine_of(game).take(game.turns[0], batch_of())
    assert max(weight.abs().max().item() for weight in critic.parameters()) == pytest.approx(0.01)
    before = copies(game.players["generator"].module)
    assert max(weight.abs().max() for weight in before) > 0.01, "the generator's are left alone"


def test_gradients_are_scaled_down_to_a_norm() -> None:
    """The record says what the norm is then: what is applied is what can explode."""
    for objective in (WASSERSTEIN, NON_SATURATING):
        game = game_of(objective, gradient_clip=1e-3)
        engine, batch = engine_of(game), batch_of()
        for turn in game.turns:
            player = game.players[turn.player].module
            engine._freeze_all_but(turn.player)
            before = copies(player)
            record = engine.take(turn, batch)
            assert record[f"{turn.player}/gradient_norm"].item() == pytest.approx(1e-3)
            assert gradient_norm(player).item() == pytest.approx(1e-3, rel=1e-4)
            moved = torch.cat([(a - b).flatten() for a, b in zip(before, copies(player), strict=True)])
            assert moved.norm().item() == pytest.approx(0.1 * 1e-3, rel=1e-3), "plain steps: rate times gradient"


def test_a_gradient_below_the_norm_is_left_as_it_is() -> None:
    steps = []
    for clip in (None, 1e6):
        game = game_of(gradient_clip=clip)
        engine_of(game).take(game.turns[0], batch_of())
        steps.append(copies(game.players["discriminator"].module))
    assert all(torch.equal(a, b) for a, b in zip(*steps, strict=True))


@pytest.mark.parametrize("optimizer", [PLAIN, Adam(rate=1e-3, final_rate=1e-4, decay_samples=10)])
def test_the_discriminator_has_its_own_rate(optimizer: Adam | MomentumSGD) -> None:
    game = adversarial_game(
        generator=Player(Line(), optimizer),
        discriminator=Player(First(), optimizer),
        prior=Normal(2),
        rules=Rules(objective=WASSERSTEIN, discriminator_rate=4.0),
    )
    assert game.players["generator"].optimizer == optimizer
    for samples in (0, 5, 100):
        found, usual = game.players["discriminator"].optimizer.at(samples), optimizer.at(samples)
        assert found["lr"] == pytest.approx(4 * usual["lr"])
        assert {k: v for k, v in found.items() if k != "lr"} == {k: v for k, v in usual.items() if k != "lr"}


def play_rounds(game: Game, rounds: int, move: Callable[[Game], None] = lambda game: None) -> list[bool]:
    """Whether the generator moved, round by round."""
    engine, moved = engine_of(game), []
    for _ in range(rounds):
        before = copies(game.players["generator"].module)
        for index, turn in enumerate(game.turns):
            if turn.due(game.clock):
                engine.take(turn, batch_of(64, game.clock.rounds * 10 + index))
        after = copies(game.players["generator"].module)
        moved.append(not all(torch.equal(a, b) for a, b in zip(before, after, strict=True)))
        engine.advance(64)
        move(game)
    return moved


def test_pretraining_holds_the_generator_for_so_many_samples() -> None:
    game = game_of(pretraining=(held := Pretraining(64 * 5, accuracy=1.1)), observers=[held])
    assert play_rounds(game, 8) == [False] * 5 + [True] * 3


def test_pretraining_ends_for_good_once_the_discriminator_is_right() -> None:
    """It can tell points 8 apart at once; afterwards its score is turned around, and the generator still moves."""
    held = Pretraining(10**9, accuracy=0.9)
    game = game_of(critic=First(), pretraining=held, observers=[held])
    with torch.no_grad():
        game.players["generator"].module.map.bias[0] = -8.0

    def confuse(game: Game) -> None:
        if held.state["pretraining/over"] > 0:
            with torch.no_grad():
                game.players["discriminator"].module.weight.fill_(-1.0)

    moved = play_rounds(game, 40, confuse)
    assert not moved[0] and moved[-1]
    first = moved.index(True)
    assert all(moved[first:])
    # The running average of shares that are right, 1 in each round, from 1/2: over after n with 1 - 0.9^n / 2 >= 0.9.
    assert 14 <= first <= 22
    assert held.state["pretraining/accuracy"] < 0.5


def test_the_average_accuracy_of_pretraining() -> None:
    held = Pretraining(1000, accuracy=0.8, decay=0.5)
    real, fake = torch.tensor([1.0, 1.0, -1.0, 2.0]), torch.tensor([-1.0, 1.0, -3.0, -4.0])  # three of four right
    judgement = Judgement(HINGE, batch_of(4), torch.zeros(4, 2), real, fake, Clock())
    held.observe(judgement)
    assert held.state["pretraining/accuracy"].item() == pytest.approx(0.625) and held.holds(Clock())
    held.observe(dataclasses.replace(judgement, on_real=real.abs(), on_fake=-fake.abs()))
    assert held.state["pretraining/accuracy"].item() == pytest.approx(0.8125) and not held.holds(Clock())


def test_lazy_steps_of_a_held_generator_wait_too() -> None:
    held = Pretraining(64 * 5, accuracy=1.1)
    rules = dataclasses.replace(
        rules_of(Adversarial(penalties="path-length", penalty_every=2, penalty_steps="own"), POINTS)
    )
    game = game_of(pretraining=held, observers=[held], penalties=rules.penalties, own_steps=True)
    assert len(game.turns) == 3
    assert play_rounds(game, 6)[:5] == [False] * 5


def judgement_of(group: Tensor, on_real: Tensor, on_fake: Tensor | None = None) -> Judgement:
    batch = Batch(torch.zeros(len(group), 2), None, Noise(0), 0, group)
    fake = torch.zeros_like(on_real) if on_fake is None else on_fake
    return Judgement(NON_SATURATING, batch, torch.zeros(len(group), 2), on_real, fake, Clock())


def focused_shares(focus: Focus, loader: Loader, rounds: int, sure_of: Tensor, noise: float = 0.5) -> np.ndarray:
    """Class shares of the last batches while the discriminator's logit is `sure_of` the class, and noise."""
    generator = torch.Generator().manual_seed(0)
    counts = np.zeros(len(sure_of))
    for step in range(rounds):
        _, _, group = loader.focused(step * loader.batch, focus.multiples().double().numpy())
        on_real = sure_of[group] + noise * torch.randn(len(group), generator=generator)
        on_fake = noise * torch.randn(len(group), generator=generator)
        focus.observe(judgement_of(group, on_real, on_fake))
        if step >= rounds - 50:
            counts += np.bincount(group.numpy(), minlength=len(counts))
    return counts / counts.sum()


def classes_of(count: int, samples: int = 300) -> Loader:
    dataset = open_dataset(np.random.default_rng(0).normal(size=(samples, 2)).astype(np.float32))
    names = tuple(map(str, range(count)))
    space = dataclasses.replace(dataset.space, classes=names, frequencies=(1 / count,) * count)
    classes = Classes(np.full(count, 1 / count), names)
    told = np.arange(samples) % count
    return Loader(dataclasses.replace(dataset, space=space, conditions=classes, told=told), 0, 60)


@pytest.mark.parametrize("strongest", [1.0, 2.0, 4.0])
def test_focus_shows_more_of_what_the_discriminator_is_sure_of(strongest: float) -> None:
    focus, loader = Focus(3, strongest), classes_of(3)
    shares = focused_shares(focus, loader, 300, torch.tensor([-1.0, 0.0, 3.0]))
    multiples = focus.multiples()
    assert multiples.max() / multiples.min() <= strongest**2 * (1 + 1e-5)
    assert multiples.min() >= 1 / strongest - 1e-6 and multiples.max() <= strongest + 1e-6
    expected = (multiples / multiples.sum()).numpy()
    np.testing.assert_allclose(shares, expected, atol=0.05)
    if strongest > 1:
        assert shares[2] == shares.max() > 1 / 3 + 0.1


def test_focus_falls_when_the_generator_has_caught_up() -> None:
    """With the noise that logits have: when all classes are recognised alike, they come alike."""
    focus, loader = Focus(3, 4.0), classes_of(3)
    before = focused_shares(focus, loader, 200, torch.tensor([0.0, 0.0, 3.0]))
    after = focused_shares(focus, loader, 600, torch.zeros(3))
    assert before[2] > 0.6
    np.testing.assert_allclose(after, 1 / 3, atol=0.12)
    focused_shares(focus, loader, 600, torch.zeros(3), noise=0.0)
    np.testing.assert_allclose(focus.multiples().numpy(), 1.0, atol=0.01)


@pytest.mark.parametrize(("scale", "gap"), [(1.0, 0.0), (100.0, 0.0), (0.01, 0.0), (1.0, 50.0)])
def test_focus_does_not_depend_on_how_large_logits_are(scale: float, gap: float) -> None:
    """Nor on how far real and fake are apart: what counts is which real samples stand out among the real."""
    generator = torch.Generator().manual_seed(0)
    focus = Focus(4, 3.0)
    for _ in range(200):
        group = torch.randint(0, 4, (64,), generator=generator)
        on_real = torch.tensor([0.0, 0.0, 1.0, -1.0])[group] + 0.5 * torch.randn(64, generator=generator)
        focus.observe(judgement_of(group, scale * on_real + gap, torch.full((64,), -gap)))
    found = focus.multiples()
    assert found[2].item() == pytest.approx(3, rel=0.05) and found[3].item() == pytest.approx(1 / 3, rel=0.05)
    assert 0.7 < found[0] < 1.4 and 0.7 < found[1] < 1.4


def test_focus_leaves_groups_alone_that_did_not_come() -> None:
    focus = Focus(3, 2.0)
    focus.state["focus/difficulty"].copy_(torch.tensor([0.1, 0.2, 0.3]))
    focus.observe(judgement_of(torch.tensor([0, 0, 1, 1]), torch.tensor([1.0, 1.0, -1.0, -1.0])))
    # Each of the first two is half of the batch, and moves 1 - 0.98^(2 * 3 / 4) of the way to its z-score.
    way = 1 - 0.98**1.5
    expected = [0.1 + way * (1 - 0.1), 0.2 + way * (-1 - 0.2), 0.3]
    np.testing.assert_allclose(focus.state["focus/difficulty"].numpy(), expected, rtol=1e-5)


def test_a_game_with_focus_is_fed_by_its_groups() -> None:
    """A fixed score that grows with the class: the classes' shares grow likewise."""
    loader = classes_of(3, 300)
    dataset = loader.dataset
    rows = dataset.rows.copy()
    rows[:, 0] = dataset.labels  # encoded as (x - centre) / scale, which keeps the order
    loader = Loader(dataclasses.replace(dataset, rows=rows), 0, 60)
    focus, seen = Focus(3, 3.0), []
    still = MomentumSGD(rate=0.0, final_rate=0.0, momentum=0.0, final_momentum=0.0)
    game = adversarial_game(
        generator=Player(Line(), still),
        discriminator=Player(First(), still),
        prior=Normal(2),
        rules=Rules(objective=NON_SATURATING, focus=focus, observers=[focus]),
    )
    engine, feed = engine_of(game), Feed(game, loader)
    play(game, engine, feed, [lambda record: seen.append(feed.batch(0, 0).group)], lambda: game.clock.rounds >= 200)
    first, last = (np.bincount(torch.cat(part).numpy(), minlength=3) for part in (seen[:2], seen[-50:]))
    assert (np.abs(first / first.sum() - 1 / 3) < 0.2).all()
    shares = last / last.sum()
    np.testing.assert_allclose(shares, np.array([1 / 3, 1, 3]) / (13 / 3), atol=0.05)
    assert torch.equal(game.state["focus/difficulty"], focus.state["focus/difficulty"])


def test_every_judge_plays_for_itself_and_the_verdict_is_their_mean() -> None:
    """The loss is a mean over judges, not the loss of their mean; who looks on is told one logit a sample."""
    game, batch = game_of(HINGE, Two()), batch_of(12)
    torch.manual_seed(0)
    outcome = game.turns[0].loss(batch)
    with torch.no_grad():
        fake = game.players["generator"].module(Normal(2).draw(batch_of(12)), None)
        on_real, on_fake = (x * torch.tensor([1.0, 0.5]) for x in (batch.x, fake))
    expected = (1 - on_real).clamp(min=0).mean() + (1 + on_fake).clamp(min=0).mean()
    assert outcome.terms["adversarial"].item() == pytest.approx(expected.item(), rel=1e-5)
    of_mean = (1 - on_real.mean(1)).clamp(min=0).mean() + (1 + on_fake.mean(1)).clamp(min=0).mean()
    assert abs(of_mean - expected) > 0.01
    found = outcome.signals()
    assert found["gap"].item() == pytest.approx((on_real.mean() - on_fake.mean()).item(), abs=1e-6)
    assert found["accuracy_real"].item() == pytest.approx((on_real.mean(1) > 0).float().mean().item())
    assert game.judge is not None
    torch.testing.assert_close(game.judge.logits(batch.x, None), on_real.mean(1))


def test_the_generator_learns_from_what_most_judges_find_convincing() -> None:
    game, batch = game_of(HINGE, Two(), top=Ramp(1.0, 0.25, 1)), batch_of(12)
    game.clock.samples = 1
    loss = game.turns[1].loss(batch).terms["adversarial"]
    fake = game.players["generator"].module(Normal(2).draw(batch_of(12)), None) * torch.tensor([1.0, 0.5])
    best = fake.mean(1).topk(3).indices
    assert loss.item() == pytest.approx(-fake[best].mean().item(), rel=1e-5)


def test_the_slope_of_several_judges_is_that_of_their_verdict() -> None:
    terms = [
        game_of(HINGE, Two(), penalties=[Penalty("r1", r1, Ramp(1.0))]).turns[0].loss(batch_of()).terms["r1"],
        game_of(HINGE, Two(), penalties=[Penalty("roth", roth, Ramp(1.0))]).turns[0].loss(batch_of()).terms["roth"],
    ]
    squared = (0.5**2 + 0.25**2) * 1.0
    assert terms[0].item() == pytest.approx(squared / 2, rel=1e-5)
    assert 0 < terms[1].item() < squared
