"""Penalties against closed forms and float64 differences, and lazy evaluation against the schedule."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from zerosum.config.adversarial import Adversarial
from zerosum.config.optimizer import Adam, MomentumSGD
from zerosum.config.penalties import DIFFERENTIATED_TWICE, USUAL_WEIGHTS, parse_penalties
from zerosum.config.ramp import Ramp
from zerosum.config.run import Run
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game import penalties
from zerosum.game.adversarial import adversarial_game
from zerosum.game.augment import perturb
from zerosum.game.catalogue import PENALTIES, penalties_of
from zerosum.game.game import Game, Player
from zerosum.game.objectives import WASSERSTEIN
from zerosum.game.penalties import DiscriminatorMove, GeneratorMove, LeCam, PathLength, Penalty, r1, r2, slopes
from zerosum.game.priors import Normal
from zerosum.game.rules import Rules
from zerosum.train.engine import Engine

WEIGHT = torch.tensor([3.0, -4.0, 12.0])  # its norm is 13


def linear(x: Tensor) -> Tensor:
    return x @ WEIGHT.to(x.dtype)


def quadratic(x: Tensor) -> Tensor:
    """Its gradient at x is x."""
    return x.square().sum(1) / 2


FIRST = np.random.RandomState(0).randn(3, 5)
SECOND = np.random.RandomState(1).randn(5)


def curved(x: Tensor) -> Tensor:
    """A small perceptron with tanh."""
    return (x @ torch.tensor(FIRST, dtype=x.dtype)).tanh() @ torch.tensor(SECOND, dtype=x.dtype)


def slopes_by_differences(x: np.ndarray) -> np.ndarray:
    """||grad curved||^2 at x, by central differences in float64."""
    step, total = 1e-5, np.zeros(len(x))
    for axis in np.eye(3):
        up, down = (np.tanh((x + sign * step * axis) @ FIRST) @ SECOND for sign in (1, -1))
        total += ((up - down) / (2 * step)) ** 2
    return total


def move_of(
    score: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, seed: int = 0, module: nn.Module | None = None
) -> DiscriminatorMove:
    return DiscriminatorMove(module or nn.Identity(), score, real, fake, score(real), score(fake), Noise(seed))


REAL = torch.tensor(np.random.RandomState(2).randn(8, 3), dtype=torch.float32)
FAKE = torch.tensor(2 * np.random.RandomState(3).randn(8, 3), dtype=torch.float32)
REAL64, FAKE64 = REAL.double().numpy(), FAKE.double().numpy()


def sigmoid(v: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-v))


def score64(x: np.ndarray) -> np.ndarray:
    return np.tanh(x @ FIRST) @ SECOND


def points_between() -> np.ndarray:
    share = Noise(0).uniform(8).double().numpy()[:, None]
    return share * REAL64 + (1 - share) * FAKE64


def points_around() -> np.ndarray:
    return REAL64 + 0.5 * REAL64.std(ddof=1) * Noise(0).normal(8, 3).double().numpy()


CLOSED_FORMS: dict[str, Callable[[], float]] = {
    "r1": lambda: slopes_by_differences(REAL64).mean() / 2,
    "r2": lambda: slopes_by_differences(FAKE64).mean() / 2,
    "gradient-penalty": lambda: ((np.sqrt(slopes_by_differences(points_between())) - 1) ** 2).mean(),
    "one-sided-gradient-penalty": lambda: (
        np.maximum(0, np.sqrt(slopes_by_differences(points_between())) - 1) ** 2
    ).mean(),
    "dragan": lambda: ((np.sqrt(slopes_by_differences(points_around())) - 1) ** 2).mean(),
    "roth": lambda: (
        (
            ((1 - sigmoid(score64(REAL64))) ** 2 * slopes_by_differences(REAL64)).mean()
            + (sigmoid(score64(FAKE64)) ** 2 * slopes_by_differences(FAKE64)).mean()
        )
        / 2
    ),
}


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_slope_penalties_equal_their_formula(name: str) -> None:
    """On a curved score; the papers' equations, with slopes by differences in float64."""
    found = PENALTIES[name].make()(move_of(curved, REAL, FAKE))
    assert found.item() == pytest.approx(CLOSED_FORMS[name](), rel=1e-5)


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_slope_penalties_teach_the_weights(name: str) -> None:
    """Their gradient in the weights is the difference quotient, so the second derivative is right."""
    weight = torch.tensor(FIRST, dtype=torch.float32, requires_grad=True)
    later = torch.tensor(SECOND, dtype=torch.float32)
    direction = torch.tensor(np.random.RandomState(5).randn(3, 5), dtype=torch.float32)

    def value(step: float) -> Tensor:
        return PENALTIES[name].make()(move_of(lambda x: (x @ (weight + step * direction)).tanh() @ later, REAL, FAKE))

    (gradient,) = torch.autograd.grad(value(0.0), weight)
    difference = (value(0.002) - value(-0.002)).item() / 0.004
    assert (gradient * direction).sum().item() == pytest.approx(difference, rel=1e-2, abs=1e-3)


@pytest.mark.parametrize("name", ["r1", "r2", "roth"])
def test_slope_penalties_share_the_pass_of_samples_that_ask_for_gradients(name: str) -> None:
    """With the same value, the same gradient in the weights, and no further pass."""
    weight, passes = torch.tensor(FIRST, dtype=torch.float32, requires_grad=True), []

    def score(x: Tensor) -> Tensor:
        passes.append(len(x))
        return (x @ weight).tanh() @ torch.tensor(SECOND, dtype=torch.float32)

    found = []
    for asked in (True, False):
        passes.clear()
        move = move_of(score, REAL.clone().requires_grad_(asked), FAKE.clone().requires_grad_(asked))
        value = PENALTIES[name].make()(move)
        found.append((value, *torch.autograd.grad(value, weight)))
        assert asked == (len(passes) == 2), "one for real and one for generated samples"
    for shared, alone in zip(*found, strict=True):
        assert torch.allclose(shared, alone)


def test_a_linear_score_has_its_weight_as_gradient() -> None:
    x = torch.randn(5, 3)
    logits, norms = slopes(linear, x)
    assert torch.allclose(norms, torch.full((5,), 169.0)) and torch.equal(logits, linear(x))


def test_gradient_penalties_are_zero_at_unit_slope_and_quadratic_off_it() -> None:
    for name in ("gradient-penalty", "one-sided-gradient-penalty", "dragan"):
        value = PENALTIES[name].make()
        assert value(move_of(lambda x: linear(x) / 13, REAL, FAKE)).item() == pytest.approx(0, abs=1e-10)
        assert value(move_of(linear, REAL, FAKE)).item() == pytest.approx(144, rel=1e-5)
        flat = value(move_of(lambda x: linear(x) / 26, REAL, FAKE)).item()
        assert flat == pytest.approx(0 if "one-sided" in name else 0.25, abs=1e-6)


def test_gradient_penalty_looks_between_real_and_fake() -> None:
    seen = []

    def score(x: Tensor) -> Tensor:
        seen.append(x.detach())
        return quadratic(x)

    real, fake = torch.zeros(1000, 1), torch.ones(1000, 1)
    penalties.gradient_penalty(move_of(score, real, fake, 1))
    points = seen[-1]
    assert 0 <= points.min() and points.max() <= 1 and points.mean().item() == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_the_penalty_is_differentiable_in_the_weights_also_where_the_slope_vanishes(name: str) -> None:
    module = nn.Linear(3, 1)
    nn.init.zeros_(module.weight)
    PENALTIES[name].make()(move_of(lambda x: module(x).squeeze(1), REAL, FAKE)).backward()
    assert module.weight.grad is not None and module.weight.grad.isfinite().all()


def test_slopes_are_computed_in_fp32_under_autocast() -> None:
    module = nn.Linear(3, 1, bias=False)
    x = torch.randn(16, 3)
    with torch.autocast("cpu", torch.bfloat16):
        _, norms = slopes(lambda x: module(x).squeeze(1), x)
    assert norms.dtype == torch.float32
    assert torch.allclose(norms, module.weight.detach().square().sum().expand(16), rtol=1e-6)


def test_drift_is_the_square_of_logits_of_real_samples() -> None:
    """Karras et al. 2018, Appendix A.1: L' = L + 0.001 E D(x)^2."""
    assert penalties.drift(move_of(curved, REAL, FAKE)).item() == pytest.approx((score64(REAL64) ** 2).mean(), rel=1e-5)
    assert parse_penalties("drift") == {"drift": 0.001}


def test_weight_decay_is_half_the_squared_norm_of_everything() -> None:
    module = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    expected = sum((p.detach().double().numpy() ** 2).sum() for p in module.parameters()) / 2
    assert penalties.weight_decay(move_of(linear, REAL, FAKE, module=module)).item() == pytest.approx(expected)


def test_orthogonal_counts_products_of_different_rows_only() -> None:
    module = nn.Sequential(nn.Conv2d(2, 5, 3), nn.Linear(7, 4))
    tall = nn.Linear(3, 8)  # more rows than columns
    expected = 0.0
    for layer in (*module, tall):
        matrix = layer.weight.detach().double().numpy().reshape(len(layer.weight), -1)
        expected += (((matrix @ matrix.T) * (1 - np.eye(len(matrix)))) ** 2).sum()
    everything = nn.Sequential(*module, tall)
    assert penalties.orthogonal(move_of(linear, REAL, FAKE, module=everything)).item() == pytest.approx(
        expected, rel=1e-5
    )
    move = move_of(linear, REAL, FAKE, module=module)
    for layer in module:
        nn.init.orthogonal_(layer.weight, gain=3.0)
    assert 0 <= penalties.orthogonal(move).item() < 1e-8
    with torch.autocast("cpu", torch.bfloat16):
        assert penalties.orthogonal(move).item() < 1e-8, "products of rows are sums over many weights: fp32"


def test_lecam_pulls_logits_to_the_other_sides_running_mean() -> None:
    real, fake = 0.0, 0.0
    lecam = LeCam(decay=0.9)
    for step in range(3):
        move = move_of(curved, REAL + step, FAKE - step)
        on_real, on_fake = score64(REAL64 + step), score64(FAKE64 - step)
        real, fake = 0.9 * real + 0.1 * on_real.mean(), 0.9 * fake + 0.1 * on_fake.mean()
        expected = ((on_real - fake) ** 2).mean() + ((on_fake - real) ** 2).mean()
        assert lecam(move).item() == pytest.approx(expected, rel=1e-5)
    assert lecam.state["lecam/real"].item() == pytest.approx(real, rel=1e-4)
    assert lecam.state["lecam/fake"].item() == pytest.approx(fake, rel=1e-4)


def test_the_means_of_lecam_get_no_gradient() -> None:
    module = nn.Linear(3, 1)
    lecam = LeCam()
    for _ in range(2):
        lecam(move_of(lambda x: module(x).squeeze(1), REAL, FAKE)).backward()
    assert not any(mean.requires_grad for mean in lecam.state.values())


def test_consistency_is_zero_for_a_score_that_does_not_look() -> None:
    constant = move_of(lambda x: x.sum(1) * 0 + 3, REAL, FAKE)
    assert penalties.consistency(constant) == 0 == penalties.balanced_consistency(constant)


@pytest.mark.parametrize("shape", [(3,), (3, 16, 16)])
def test_consistency_compares_a_sample_with_itself_changed(shape: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    real, fake = torch.randn(2, 64, *shape)

    def score(x: Tensor) -> Tensor:
        return (x.flatten(1) * torch.linspace(-1, 1, x[0].numel())).sum(1)

    move = move_of(score, real, fake)
    torch.manual_seed(1)
    expected = ((score(real) - score(perturb(real))).double().numpy() ** 2).mean()
    balanced = expected + ((score(fake) - score(perturb(fake))).double().numpy() ** 2).mean()
    assert expected > 0
    for value, number in ((penalties.consistency, expected), (penalties.balanced_consistency, balanced)):
        torch.manual_seed(1)
        assert value(move).item() == pytest.approx(number, rel=1e-5)


def test_consistency_of_points_is_the_slope_times_the_noise() -> None:
    """For a linear score, (0.05 |w|)^2 in expectation."""
    torch.manual_seed(0)
    move = move_of(linear, torch.randn(20_000, 3), torch.randn(20_000, 3))
    assert penalties.consistency(move).item() == pytest.approx((0.05 * 13) ** 2, rel=0.05)
    assert penalties.balanced_consistency(move).item() == pytest.approx(2 * (0.05 * 13) ** 2, rel=0.05)


def generator_move(generate: Callable[[Tensor], Tensor], latents: Tensor, seed: int = 0) -> GeneratorMove:
    return GeneratorMove(nn.Identity(), lambda z: (z, generate(z)), latents, generate(latents), Noise(seed))


def test_mode_seeking_is_the_inverse_of_the_ratio_of_distances() -> None:
    latents = torch.randn(6, 3)
    matrix = torch.tensor(FIRST, dtype=torch.float32)
    move = generator_move(lambda z: (z @ matrix).tanh(), latents)
    others = Noise(0).normal(6, 3).double().numpy()
    z = latents.double().numpy()
    apart = np.abs(np.tanh(z @ FIRST) - np.tanh(others @ FIRST)).mean(1)
    expected = (1 / (apart / np.abs(z - others).mean(1) + 1e-5)).mean()
    assert penalties.mode_seeking(move).item() == pytest.approx(expected, rel=1e-4)
    collapsed = penalties.mode_seeking(generator_move(lambda z: 0.01 * (z @ matrix).tanh(), latents))
    assert collapsed > 50 * penalties.mode_seeking(move)


def test_path_lengths_of_a_linear_generator() -> None:
    """J^T y = A y with y normal: its lengths, one by one, and E |A y|^2 = |A|^2."""
    matrix, count = torch.tensor(FIRST, dtype=torch.float32), 4000
    path = PathLength(decay=0.0)  # the running mean is the batch's, so that the penalty is the lengths' variance
    value = path(generator_move(lambda z: z @ matrix, torch.randn(count, 3)))
    lengths = np.linalg.norm(Noise(0).normal(count, 5).double().numpy() @ FIRST.T, axis=1)
    assert path.state["path-length/mean"].item() == pytest.approx(lengths.mean(), rel=1e-5)
    assert value.item() == pytest.approx(lengths.var(), rel=1e-4)
    assert value.item() + lengths.mean() ** 2 == pytest.approx((FIRST**2).sum(), rel=0.05)


def test_path_lengths_are_measured_along_codes_where_there_are_any() -> None:
    torch.manual_seed(0)
    into, out = torch.randn(3, 2 * 4), torch.randn(2, 4, 7)  # two codes of width 4 for a sample of 1 x 1 x 7

    def trace(z: Tensor) -> tuple[Tensor, Tensor]:
        codes = (z @ into).view(-1, 2, 4)
        return codes, torch.einsum("nld,ldp->np", codes, out)[:, None, None]

    latents = torch.randn(4000, 3)
    path = PathLength(decay=0.0)
    path(GeneratorMove(nn.Identity(), trace, latents, trace(latents)[1], Noise(0)))
    direction = Noise(0).normal(4000, 1, 1, 7)[:, 0, 0] / 7**0.5
    lengths = [(direction @ of_layer.T).square().sum(1) for of_layer in out]
    expected = (torch.stack(lengths).mean(0)).sqrt().mean()
    assert path.state["path-length/mean"].item() == pytest.approx(expected.item(), rel=1e-5)


def test_path_lengths_do_not_depend_on_the_resolution() -> None:
    """A latent that is the brightness of all pixels: the length is |mean of normals| times the root of the pixels."""
    means = []
    for side in (4, 16):
        path = PathLength(decay=0.0)
        path(generator_move(lambda z, side=side: z[:, :, None, None].expand(-1, 1, side, side), torch.randn(4000, 1)))
        means.append(path.state["path-length/mean"].item())
    assert means == pytest.approx([np.sqrt(2 / np.pi)] * 2, rel=0.05)


def test_the_mean_path_length_runs_and_the_penalty_teaches_the_generator() -> None:
    generator = nn.Linear(2, 3, bias=False)
    path = PathLength(decay=0.9)
    for seed in range(2):
        path(generator_move(generator, torch.randn(5, 2), seed)).backward()
    matrix = generator.weight.detach().double().numpy()
    lengths = [np.linalg.norm(Noise(seed).normal(5, 3).double().numpy() @ matrix, axis=1).mean() for seed in range(2)]
    expected = 0.9 * 0.1 * lengths[0] + 0.1 * lengths[1]
    assert path.state["path-length/mean"].item() == pytest.approx(expected, rel=1e-5)
    assert generator.weight.grad is not None and generator.weight.grad.abs().max() > 0
    assert not path.state["path-length/mean"].requires_grad


def test_penalties_by_name_and_weight() -> None:
    help_text = " ".join(inspect.getsource(Adversarial).split())
    assert parse_penalties("none") == parse_penalties(" ") == {}
    assert parse_penalties("r1=0.5, r2 ,lecam = 0") == {"r1": 0.5, "r2": 1.0, "lecam": 0.0}
    assert parse_penalties("gradient-penalty") == {"gradient-penalty": 10.0}
    assert PENALTIES.keys() == USUAL_WEIGHTS.keys() > DIFFERENTIATED_TWICE
    for name in PENALTIES:
        assert parse_penalties(name) == {name: USUAL_WEIGHTS[name]}
        assert PENALTIES[name].paper.count("https://") == 1
        assert f" {name}" in help_text.replace(",", " ").replace(";", " "), "the flag's help names every penalty"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("r3", 'no penalty "r3"'),
        ("gradient-penaltys", 'Did you mean "gradient-penalty"'),
        ("r1,r1=2", "says r1 twice"),
        ("r1=", None),
        ("r1=x", "the weight of r1 must be a number of at least 0"),
        ("r1=-1", "the weight of r1 must be a number of at least 0"),
        ("r1=inf", "the weight of r1"),
        ("r1=nan", "the weight of r1"),
        ("r1=1=2", "the weight of r1"),
        ("r1,,r2", 'no penalty ""'),
        ("none,r1", 'no penalty "none"'),
    ],
)
def test_penalties_that_make_no_sense(text: str, words: str | None) -> None:
    if words is None:
        assert parse_penalties(text) == {"r1": 1.0}
        return
    with pytest.raises(SettingError, match=words):
        parse_penalties(text)


def test_penalties_of_settings() -> None:
    config = Adversarial(penalties="r1=2,path-length,lecam", penalty_every=8, final_penalty=0.1, penalty_samples=100)
    first, path, lecam = penalties_of(config)
    assert [p.name for p in (first, path, lecam)] == ["r1", "path-length", "lecam"]
    assert [p.player for p in (first, path, lecam)] == ["discriminator", "generator", "discriminator"]
    assert [p.every for p in (first, path, lecam)] == [8, 8, 1], "only what is differentiated twice waits"
    assert [first.weight.at(samples) for samples in (0, 50, 100, 1000)] == pytest.approx([2.0, 1.1, 0.2, 0.2])
    assert list(path.state) == ["path-length/mean"] and list(lecam.state) == ["lecam/real", "lecam/fake"]
    again = penalties_of(config)[2]
    assert again.state["lecam/real"] is not lecam.state["lecam/real"], "two games share no running means"


class Line(nn.Module):
    """A score or a generator that is one linear map."""

    def __init__(self) -> None:
        super().__init__()
        self.map = nn.Linear(2, 2, bias=False)

    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        return self.map(x)


class Score(Line):
    def forward(self, x: Tensor, condition: Tensor | None) -> Tensor:
        return self.map(x).sum(1)


def game_with(penalties: list[Penalty], **rules: Any) -> Game:
    return adversarial_game(
        generator=Player(Line(), Adam(rate=1e-3, betas=(0.5, 0.9), final_rate=1e-4)),
        discriminator=Player(Score(), Adam(rate=1e-3, betas=(0.5, 0.9), final_rate=1e-4)),
        prior=Normal(2),
        rules=Rules(objective=WASSERSTEIN, penalties=penalties, **rules),
    )


class Curved(nn.Module):
    """(n, 2) -> (n,); notes the precision of every pass."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.last, self.passes = nn.Linear(2, 64), nn.Linear(64, 1), []

    def forward(self, x: Tensor, condition: Tensor | None = None) -> Tensor:
        hidden = self.first(x)
        self.passes.append(hidden.dtype)
        return self.last(hidden.tanh()).squeeze(1).float()


@pytest.mark.parametrize("own_steps", [False, True])
@pytest.mark.parametrize("share", [False, True])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_slopes_come_from_the_pass_of_the_loss_only_if_asked(
    precision: torch.dtype, share: bool, own_steps: bool
) -> None:
    score, generator = Curved(), Line()
    game = adversarial_game(
        generator=Player(generator, Adam()),
        discriminator=Player(score, Adam()),
        prior=Normal(2),
        rules=Rules(
            objective=WASSERSTEIN,
            penalties=[Penalty("r1", r1, Ramp(3.0), every=2), Penalty("r2", r2, Ramp(3.0), every=2)],
            share_pass=share,
            own_steps=own_steps,
        ),
    )
    x, weights = torch.randn(256, 2), [score.first.weight, score.last.weight]
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
        fake = generator(Noise(0).normal(256, 2), None).detach()
        terms = game.turns[2 if own_steps else 0].loss(Batch(x, None, Noise(0))).terms
    assert score.passes == ([precision] * 2 if share else [precision] * 2 + [torch.float32] * 2)
    found = torch.cat([g.flatten() for g in torch.autograd.grad(terms["r1"] + terms["r2"], weights)])
    exact = 3 * (slopes(score, x)[1].mean() + slopes(score, fake)[1].mean())
    expected = torch.cat([g.flatten() for g in torch.autograd.grad(exact, weights)])
    if share and precision == torch.bfloat16:
        assert 0 < (found - expected).norm() < 0.02 * expected.norm()
    else:
        assert terms["r1"] == 3 * slopes(score, x)[1].mean()
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("share", [False, True])
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_path_lengths_come_from_the_pass_of_the_step_only_if_asked(precision: torch.dtype, share: bool) -> None:
    generator, passes = Line(), []

    def trace(latents: Tensor, condition: Tensor | None) -> tuple[Tensor, Tensor]:
        codes = latents.tanh()
        samples = generator(codes, None)
        passes.append(samples.dtype)
        return codes, samples[:, :, None, None].float()

    path = PathLength(decay=0.0)
    game = adversarial_game(
        generator=Player(generator, Adam()),
        discriminator=Player(Score(), Adam()),
        prior=Normal(2),
        rules=Rules(
            objective=WASSERSTEIN,
            penalties=[Penalty("path-length", path, Ramp(1.0), 4, "generator")],
            share_pass=share,
            own_steps=True,
        ),
        trace=trace,
    )
    batch = Batch(torch.randn(64, 2), None, Noise(0))
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
        game.turns[2].loss(batch)
    assert passes == ([precision] if share else [precision, torch.float32])
    noise = Noise(0)
    noise.normal(64, 2)
    lengths = (noise.normal(64, 2, 1, 1)[:, :, 0, 0] @ generator.map.weight.detach()).norm(dim=1)
    near = 0.01 if share and precision == torch.bfloat16 else 1e-5
    assert path.state["path-length/mean"].item() == pytest.approx(lengths.mean().item(), rel=near)


def test_lazy_penalties_come_every_few_rounds_with_as_much_more_weight() -> None:
    game = game_with([Penalty("r1", r1, Ramp(0.5), every=4), Penalty("r2", r2, Ramp(0.5))])
    batch = Batch(torch.randn(8, 2), None, Noise(0))
    values = []
    for rounds in range(8):
        game.clock.rounds = rounds
        values.append({name: term.item() for name, term in game.turns[0].loss(batch).terms.items()})
    assert ["r1" in terms for terms in values] == [True, False, False, False] * 2
    assert all("r2" in terms for terms in values)
    # The score is linear, so that both penalties measure the same gradient.
    assert values[0]["r1"] == pytest.approx(4 * values[0]["r2"], rel=1e-6)


def steps_of(game: Game, rounds: int) -> dict[str, int]:
    """Optimizer steps that each player made."""
    engine = Engine(game, Run(device="cpu"), Space(kind="points", shape=(2,)))
    taken = dict.fromkeys(game.players, 0)
    for _ in range(rounds):
        for turn in game.turns:
            if turn.due(game.clock):
                for repeat in range(turn.repeat):
                    engine.take(turn, Batch(torch.randn(8, 2), None, Noise(repeat)))
                    taken[turn.player] += 1
        engine.advance(8)
    for name, player in game.players.items():
        for weight in player.module.parameters():
            assert engine.optimizers[name].state[weight]["step"] == taken[name]
    return taken


def test_joined_penalties_make_no_steps_of_their_own() -> None:
    lazy = [Penalty("r1", r1, Ramp(0.5), every=4), Penalty("path-length", PathLength(), Ramp(1.0), 4, "generator")]
    game = game_with(lazy)
    assert steps_of(game, 8) == {"discriminator": 8, "generator": 8}
    assert game.players["discriminator"].optimizer.betas == (0.5, 0.9)


def test_penalties_with_steps_of_their_own_slow_the_optimizer_as_much() -> None:
    """Karras et al. 2020, Appendix B: c = k / (k + 1) on the rate, and the betas to the power of c."""
    lazy = [Penalty("r1", r1, Ramp(0.5), every=4), Penalty("r2", r2, Ramp(0.5), every=4)]
    game = game_with(lazy, own_steps=True)
    assert steps_of(game, 8) == {"discriminator": 8 + 2, "generator": 8}
    slowed = game.players["discriminator"].optimizer
    assert slowed.rate == pytest.approx(1e-3 * 0.8) and slowed.final_rate == pytest.approx(1e-4 * 0.8)
    assert slowed.betas == pytest.approx((0.5**0.8, 0.9**0.8))
    # k (betas^c) + 1 further step forget as much as k steps with the old betas do.
    assert slowed.betas[0] ** (4 + 1) == pytest.approx(0.5**4)
    assert game.players["generator"].optimizer == Adam(rate=1e-3, betas=(0.5, 0.9), final_rate=1e-4)
    batch = Batch(torch.randn(8, 2), None, Noise(0))
    assert list(game.turns[0].loss(batch).terms) == ["adversarial"]
    assert list(game.turns[2].loss(batch).terms) == ["r1", "r2"]
    both = game.turns[2].loss(batch).terms
    assert both["r1"].item() == pytest.approx(
        4 * 0.5 * game.players["discriminator"].module.map.weight.sum(0).square().sum().item() / 2
    )


def test_own_steps_count_the_moves_of_a_round() -> None:
    """A critic of three moves a round has twelve from one penalty to the next: c = 12 / 13."""
    game = game_with([Penalty("r1", r1, Ramp(0.5), every=4)], own_steps=True, discriminator_steps=3)
    assert steps_of(game, 8) == {"discriminator": 24 + 2, "generator": 8}
    assert game.players["discriminator"].optimizer.rate == pytest.approx(1e-3 * 12 / 13)


def test_generators_have_steps_of_their_own_too() -> None:
    path = Penalty("path-length", PathLength(), Ramp(1.0), 4, "generator")
    game = game_with([path, Penalty("r1", r1, Ramp(0.5))], own_steps=True)
    assert steps_of(game, 8) == {"discriminator": 8, "generator": 8 + 2}
    assert game.players["generator"].optimizer.rate == pytest.approx(1e-3 * 0.8)
    assert game.players["discriminator"].optimizer.rate == 1e-3
    assert game.state == path.state


def test_own_steps_of_different_frequency_each_come_when_they_should() -> None:
    lazy = [Penalty("r1", r1, Ramp(0.5), every=4), Penalty("r2", r2, Ramp(0.5), every=2)]
    game = game_with(lazy, own_steps=True)
    assert steps_of(game, 8) == {"discriminator": 8 + 2 + 4, "generator": 8}
    # Three further steps for every four of its own.
    assert game.players["discriminator"].optimizer.rate == pytest.approx(1e-3 * 4 / 7)


def test_momentum_is_slowed_likewise() -> None:
    slowed = MomentumSGD(rate=0.1, momentum=0.5, final_momentum=0.7, final_rate=1e-3).lazy(4)
    assert slowed.rate == pytest.approx(0.08) and slowed.final_rate == pytest.approx(8e-4)
    assert (slowed.momentum, slowed.final_momentum) == pytest.approx((0.5**0.8, 0.7**0.8))
    assert replace(slowed, rate=0.1).at(0)["momentum"] == pytest.approx(0.5**0.8)


def test_weights_follow_their_ramp() -> None:
    ramp = Ramp(2.0, 0.2, samples=100)
    assert [ramp.at(samples) for samples in (0, 50, 100, 1000)] == pytest.approx([2.0, 1.1, 0.2, 0.2])
    assert Ramp(3.0).at(10**9) == 3.0
