"""BigGAN's generator: who is told what."""

import pytest
import torch
from torch import Tensor, nn

from zerosum.networks.biggan import BigGANGenerator, initialise
from zerosum.networks.sngan import SNGANDiscriminator
from zerosum.nn.conditional_norm import ConditionalBatchNorm
from zerosum.nn.residual import UpBlock

CHUNK = 5


def generator(classes: int = 3) -> BigGANGenerator:
    torch.manual_seed(0)
    return BigGANGenerator((3, 32, 32), CHUNK, [16, 16, 8, 8], classes, 4, attention=8)


def gains_of(network: BigGANGenerator, latent: Tensor, condition: Tensor | None) -> list[list[Tensor]]:
    """The gains and shifts of each block's two normalisations, (n, channels) each."""
    found: list[list[Tensor]] = []
    hooks = []
    for block in network.synthesis.blocks:
        own: list[Tensor] = []
        found.append(own)
        for norm in block.normalise:  # type: ignore[union-attr]
            for part in (norm.gain, norm.shift):
                hooks.append(part.register_forward_hook(lambda module, inputs, output, own=own: own.append(output)))
    network(latent, condition)
    for hook in hooks:
        hook.remove()
    return found


@pytest.mark.parametrize("classes", [0, 3])
def test_every_block_has_a_chunk_of_its_own(classes: int) -> None:
    network = generator(classes)
    latent = torch.randn(2, 4 * CHUNK, requires_grad=True)
    blocks = gains_of(network, latent, torch.tensor([0, 2]) if classes else None)
    assert len(blocks) == 3 and all(len(block) == 4 for block in blocks)
    for index, block in enumerate(blocks):
        for numbers in block:
            (slope,) = torch.autograd.grad(numbers.square().sum(), latent, retain_graph=True)
            reached = slope.unflatten(1, (-1, CHUNK)).abs().amax((0, 2)) > 0
            assert reached.tolist() == [number == index + 1 for number in range(4)]


def test_a_picture_depends_on_every_chunk() -> None:
    network = generator().eval()
    latent = torch.randn(2, 4 * CHUNK, requires_grad=True)
    network(latent, torch.tensor([0, 1])).square().sum().backward()
    assert latent.grad is not None and (latent.grad.unflatten(1, (-1, CHUNK)).abs().amax(2) > 1e-6).all()


def test_the_class_reaches_every_block_by_one_embedding() -> None:
    network, latent = generator(), torch.randn(1, 4 * CHUNK).expand(3, -1)
    assert sum(isinstance(module, nn.Embedding) for module in network.modules()) == 1
    for block in gains_of(network, latent, torch.arange(3)):
        for numbers in block:
            assert (numbers[0] - numbers[1]).abs().max() > 1e-4 and (numbers[1] - numbers[2]).abs().max() > 1e-4


def test_gains_are_linear_in_the_chunk_and_the_embedding() -> None:
    network, latent, classes = generator(), torch.randn(4, 4 * CHUNK), torch.tensor([2, 0, 1, 1])
    assert network.told.embedding is not None
    table = network.told.embedding.weight
    for index, (block, numbers) in enumerate(
        zip(network.synthesis.blocks, gains_of(network, latent, classes), strict=True)
    ):
        assert isinstance(block, UpBlock)
        told = torch.cat([latent[:, (index + 1) * CHUNK : (index + 2) * CHUNK], table[classes]], 1)
        weights = [part.weight for norm in block.normalise for part in (norm.gain, norm.shift)]  # type: ignore[union-attr]
        for weight, found in zip(weights, numbers, strict=True):
            torch.testing.assert_close(found, told @ weight.T)  # type: ignore[operator]


def test_without_classes_batch_normalisation_is_told_the_latent_alone() -> None:
    network = generator(0)
    assert not any(isinstance(module, nn.Embedding) for module in network.modules())
    norms = [module for module in network.modules() if isinstance(module, ConditionalBatchNorm)]
    assert len(norms) == 6
    for norm in norms:
        assert isinstance(norm.gain, nn.Linear) and norm.gain.in_features == CHUNK and norm.gain.bias is None


def test_first_weights_are_orthogonal() -> None:
    judge = SNGANDiscriminator((3, 32, 32), [8, 8, 16, 16], 3, 3, attention=8).apply(initialise)
    for network in (generator(), judge):
        layers = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear | nn.Embedding)]
        assert len(layers) > 15
        for layer in layers:
            values = torch.linalg.svdvals(layer.weight.detach().flatten(1))
            torch.testing.assert_close(values, torch.ones_like(values), atol=1e-4, rtol=0)
            assert isinstance(layer, nn.Embedding) or layer.bias is None or not layer.bias.any()
