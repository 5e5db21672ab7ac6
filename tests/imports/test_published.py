"""Published checkpoints become models that give the recorded pictures, logits, penalties and losses, seed for seed."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

import zerosum
from zerosum.core.errors import DataError
from zerosum.game.penalties import slopes
from zerosum.imports.importing import read_checkpoint
from zerosum.imports.network import LAYERS, network_of
from zerosum.imports.r3gan import RECORDED

PARITY = Path(__file__).resolve().parents[3] / "shared" / "parity"
NAMES = ["stylegan2-32", "stylegan2-64-classes", "r3gan-16", "r3gan-32-classes"]


class Reference(NamedTuple):
    model: zerosum.Model
    arrays: dict[str, Tensor]
    condition: Tensor | None


@pytest.fixture(scope="module", params=NAMES)
def reference(request: pytest.FixtureRequest) -> Reference:
    """An imported model, and what the published networks made of recorded inputs."""
    path = PARITY / f"{request.param}.pkl"
    if not path.exists():
        pytest.skip(f"no reference vectors in {PARITY}")
    with np.load(path.with_suffix(".npz")) as file:
        arrays = {key: torch.from_numpy(file[key]) for key in file.files}
    return Reference(zerosum.import_checkpoint(path), arrays, arrays["c"].argmax(1) if "c" in arrays else None)


def assert_near(ours: Tensor, theirs: Tensor) -> None:
    """Equal to 1e-4 of each value, or of the values' root mean square where a value is near zero."""
    torch.testing.assert_close(ours.detach(), theirs, rtol=1e-4, atol=1e-5 * theirs.square().mean().sqrt().item())


def test_latents_are_those_of_the_seeds(reference: Reference) -> None:
    torch.testing.assert_close(reference.model.prior.latents(reference.arrays["seeds"].tolist()), reference.arrays["z"])


def test_pictures(reference: Reference) -> None:
    arrays = reference.arrays
    ours = reference.model.generate(arrays["z"], reference.condition)
    assert_near(ours, arrays["image"] if "image" in arrays else arrays["image_const_noise"])


def test_logits(reference: Reference) -> None:
    judge: Any = reference.model._game.players["discriminator"].module.eval()
    logits = judge(reference.arrays["discriminator_input"], reference.condition)
    assert_near(logits, reference.arrays["discriminator_logits"].flatten())


def test_penalties_and_losses(reference: Reference) -> None:
    arrays = reference.arrays
    if "r1" not in arrays:
        pytest.skip("recorded for R3GAN only")
    judge: Any = reference.model._game.players["discriminator"].module.eval()
    real, fake = arrays["discriminator_input"], arrays["image"]
    on_real, on_fake = judge(real, reference.condition), judge(fake, reference.condition)
    r1, r2 = (slopes(lambda x: judge(x, reference.condition), x)[1] for x in (real, fake))
    assert_near(r1, arrays["r1"].flatten())
    assert_near(r2, arrays["r2"].flatten())
    assert_near(F.softplus(on_fake - on_real) + 0.25 * (r1 + r2), arrays["discriminator_loss_gamma_half"].flatten())
    assert_near(F.softplus(on_real - on_fake), arrays["generator_loss"].flatten())


def test_it_is_saved_and_loaded_whole(reference: Reference, tmp_path: Path) -> None:
    model = reference.model
    loaded = zerosum.load(model.save(tmp_path / "model"))
    assert np.array_equal(loaded.sample(3, seed=5), model.sample(3, seed=5))
    assert loaded.space == model.space


@pytest.mark.parametrize("network", ["G_ema", "D"])
def test_broken_networks_of_r3gan_are_sentences(network: str, snapshot: Callable[..., Path], tmp_path: Path) -> None:
    """Tensors left out or of another shape, in either network: a sentence, or a model."""
    path = PARITY / "r3gan-32-classes.pkl"
    if not path.exists():
        pytest.skip(f"no reference vectors in {PARITY}")
    content: Any = read_checkpoint(path, RECORDED | LAYERS)
    read = {name: network_of(content[name]) for name in ("G_ema", "D")}
    outcomes: dict[bool, int] = {True: 0, False: 0}
    for seed in range(60):
        parts = {name: (part.name, dict(part.tensors), part.settings) for name, part in read.items()}
        chance = random.Random(seed)
        tensors = parts[network][1]
        name = chance.choice(list(tensors))
        shape = tensors.pop(name).shape
        if chance.random() < 0.6:
            tensors[name] = torch.zeros(chance.choice([shape, (), (0,), (3,), (2, 3), (5, 4, 3, 3), (0, 4, 4)]))
        try:
            zerosum.import_checkpoint(snapshot(tmp_path / "broken.pkl", dict(parts)))
            outcomes[True] += 1
        except DataError as error:
            assert "broken.pkl" in str(error)
            outcomes[False] += 1
    assert outcomes[False] > 20 and outcomes[True] > 0
