"""Randomness without state."""

import subprocess
import sys

import pytest
import torch

from zerosum.core.seeding import Noise, Share, seed_from
from zerosum.core.space import Space

KNOWN = (32076059596019345, 42649574095449694, 66474991929166545)


def test_seeds_never_change():
    # Runs go on only as long as these stay what they are.
    assert seed_from(0) == KNOWN[0]
    assert seed_from(0, "first weights") == KNOWN[1]
    assert seed_from(1, 0, 4096, 1, 0) == KNOWN[2]


def test_seeds_are_the_same_in_another_process():
    code = "from zerosum.core.seeding import seed_from; print(seed_from(3, 'a', 1.5, None))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONHASHSEED": "7"})
    assert int(done.stdout) == seed_from(3, "a", 1.5, None)


def test_seeds_differ_and_fit():
    seeds = {seed_from(a, b, c) for a in range(10) for b in range(10) for c in range(10)}
    assert len(seeds) == 1000 and max(seeds) < 2**56 and min(seeds) >= 0
    assert seed_from(1, 23) != seed_from(12, 3) != seed_from("1", 23)
    torch.Generator().manual_seed(max(seeds))


@pytest.mark.parametrize("world", [2, 3])
@pytest.mark.parametrize("draw", ["normal", "uniform"])
def test_shares_make_up_the_whole(world, draw):
    whole = Noise(5)
    shares = [Noise(5, Share(rank, world)) for rank in range(world)]
    for shape in ((), (3,), (2, 4, 4)):  # successive draws of one stream
        expected = getattr(whole, draw)(4 * world, *shape)
        assert torch.equal(torch.cat([getattr(share, draw)(4, *shape) for share in shares]), expected)
        assert expected.shape == (4 * world, *shape)


def test_noise_is_what_it_says():
    noise = Noise(0)
    normal, uniform = noise.normal(20_000), noise.uniform(20_000)
    assert abs(normal.mean()) < 0.03 and abs(normal.std() - 1) < 0.03
    assert abs(uniform.mean() - 0.5) < 0.02 and 0 <= uniform.min() and uniform.max() < 1
    assert torch.equal(Noise(0).normal(20_000), normal) and not torch.equal(Noise(1).normal(20_000), normal)


def test_noise_leaves_the_global_stream_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    Noise(1).normal(10)
    assert torch.equal(torch.rand(3), expected)


def test_space():
    assert Space(kind="image", shape=(3, 4, 5)).size == 60
