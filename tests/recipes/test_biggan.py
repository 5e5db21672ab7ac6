"""BigGAN as a whole: truncation, orthogonal regularisation, and how often power iteration takes a step."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import zerosum
from zerosum.core.batch import Batch
from zerosum.core.errors import SettingError
from zerosum.core.registry import find_recipe
from zerosum.core.seeding import Noise
from zerosum.core.space import Space
from zerosum.game.game import Game
from zerosum.game.priors import truncated_normal
from zerosum.nn.spectral import SpectralNorm
from zerosum.recipes.biggan import BigGAN
from zerosum.train.model import Model

TINY = {"generator_width": 8, "discriminator_width": 8, "chunk_dim": 4, "class_embedding_dim": 4}
SPACE = Space(kind="image", shape=(3, 16, 16), classes=("a", "b", "c"), frequencies=(0.2, 0.3, 0.5))


def game_of(**settings: object) -> Game:
    torch.manual_seed(0)
    return find_recipe("biggan").build(BigGAN(**(TINY | settings)), SPACE)  # type: ignore[arg-type]


def batch_of() -> Batch:
    return Batch(torch.rand(6, 3, 16, 16) * 2 - 1, torch.arange(6) % 3, Noise(0))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of tiny pictures in three classes, after four rounds."""
    folder = tmp_path_factory.mktemp("biggan")
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), np.uint8)
    np.savez(folder / "pictures.npz", images=images, labels=np.array(["a", "b", "c"])[np.arange(40) % 3])
    usual = {"samples": 32, "batch": 8, "precision": "fp32", "out": folder / "runs"}
    return zerosum.fit(folder / "pictures.npz", recipe="biggan", **usual, **TINY)


def variety(samples: np.ndarray) -> float:
    """Mean distance of two samples of one class."""
    flat = samples.reshape(len(samples), -1).astype(np.float64)
    return float(np.linalg.norm(flat[:, None] - flat[None], axis=2).mean())


def test_a_smaller_truncation_gives_less_varied_samples(trained: Model) -> None:
    found = [variety(trained.sample(24, condition="a", truncation=bound)) for bound in (0.0, 0.1, 0.5, 1.0)]
    assert found[0] == 0 and all(one < other for one, other in zip(found, found[1:], strict=False))
    assert found[-1] < variety(trained.sample(24, condition="a"))


def test_a_large_truncation_changes_nothing(trained: Model) -> None:
    latents, classes = trained.prior.latents(range(8)), trained.conditions(range(8))
    torch.testing.assert_close(trained.generate(latents, classes, 30.0), trained.generate(latents, classes))


def test_a_number_stays_one_sample_and_keeps_its_class(trained: Model) -> None:
    many = trained.sample(40, truncation=0.5)
    assert np.array_equal(trained.sample(3, seed=7, truncation=0.5), many[7:10])
    latents, classes = trained.prior.latents(range(8)), trained.conditions(range(8))
    truncated = trained.generate(truncated_normal(latents, 0.5), classes)
    assert torch.equal(trained.generate(latents, classes, 0.5), truncated)
    one, other = (trained.sample(1, condition=name, truncation=0.0) for name in ("a", "b"))
    assert not np.array_equal(one, other), "where all latents are zero, the class still says what to make"


@pytest.mark.parametrize("truncation", [-0.1, float("nan"), float("inf")])
def test_truncations_that_are_refused(trained: Model, truncation: float) -> None:
    with pytest.raises(SettingError, match="from 0 on"):
        trained.sample(truncation=truncation)


def test_a_system_without_truncation_says_so(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), np.uint8)
    sizes = {"generator_width": 8, "discriminator_width": 8, "latent_dim": 8}
    model = zerosum.fit(images, recipe="sngan", samples=16, batch=8, precision="fp32", out=tmp_path, **sizes)
    with pytest.raises(SettingError, match="recipe sngan knows no truncation; sample without one"):
        model.sample(truncation=0.5)


def test_the_penalty_is_orthogonal_regularisation_of_the_generator() -> None:
    """Brock et al. 2019, Equation 3: beta ||W^T W * (1 - I)||^2, where a column of W is a filter."""
    game = game_of()
    generator = game.players["generator"].module
    for weight in generator.parameters():
        nn.init.normal_(weight, std=0.3)
    turn = next(turn for turn in game.turns if turn.player == "generator")
    expected = 0.0
    for weight in generator.parameters():
        if weight.dim() > 1:
            filters = weight.detach().double().numpy().reshape(len(weight), -1).T
            expected += ((filters.T @ filters * (1 - np.eye(len(weight)))) ** 2).sum()
    found = turn.loss(batch_of()).terms["generator-orthogonal"]
    assert found.item() == pytest.approx(1e-4 * expected, rel=1e-4) and expected > 1


def test_power_iteration_takes_one_step_a_move(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real and generated samples meet one discriminator; both players' weights are normalised once."""
    steps: Counter[int] = Counter()
    forward = SpectralNorm.forward

    def counted(self: SpectralNorm, weight: torch.Tensor) -> torch.Tensor:
        steps[id(self)] += 1
        return forward(self, weight)

    game = game_of(penalties="generator-orthogonal,lecam,consistency,mode-seeking")
    monkeypatch.setattr(SpectralNorm, "forward", counted)
    norms = {
        name: [id(module) for module in player.module.modules() if isinstance(module, SpectralNorm)]
        for name, player in game.players.items()
    }
    assert min(len(of_player) for of_player in norms.values()) > 10
    for turn in game.turns:
        steps.clear()
        turn.loss(batch_of()).terms["adversarial"].backward()
        assert steps == {one: 1 for of_player in norms.values() for one in of_player}


def test_weights_get_the_gradient_of_both_kinds_of_samples() -> None:
    """That the normalised weights are shared by several passes does not lose the gradient of any."""
    game = game_of(spectral_norm=True)
    judge, batch = game.players["discriminator"].module, batch_of()
    judge.eval()  # power iteration stands still, so that the passes can be repeated one by one
    move = next(turn for turn in game.turns if turn.player == "discriminator").loss(batch)
    weights = list(judge.parameters())
    together = torch.autograd.grad(move.terms["adversarial"], weights)
    generator = game.players["generator"].module
    with torch.no_grad():
        fake = generator(game.prior.draw(Batch(batch.x, batch.condition, Noise(0))), batch.condition)
    real_loss = (1 - judge(batch.x, batch.condition)).relu().mean()
    fake_loss = (1 + judge(fake, batch.condition)).relu().mean()
    apart = torch.autograd.grad(real_loss + fake_loss, weights)
    for one, other in zip(together, apart, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_defaults_are_the_papers() -> None:
    """At 128 x 128: a latent of 120 numbers in six chunks, and the rates of Appendix C."""
    space = Space(kind="image", shape=(3, 128, 128))
    tiny = BigGAN(generator_width=2, discriminator_width=2)
    game = find_recipe("biggan").build(tiny, space)
    assert game.prior.dimension == 120
    rates = {name: player.optimizer.at(0)["lr"] for name, player in game.players.items()}
    assert rates == pytest.approx({"generator": 5e-5, "discriminator": 2e-4})
    assert game.turns[0].player == "discriminator" and game.turns[0].repeat == 2
    average = game.players["generator"].average
    assert average is not None and average.decay(10**9, 2048) == pytest.approx(0.9999, abs=1e-6)
