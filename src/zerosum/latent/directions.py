"""Directions in latents along which one thing about samples changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from zerosum.core.errors import DataError, SettingError

ALIGNED = 0.9999
"""Cosine from which on a layer is said to be given the code itself: some are given it brought to another length."""


@dataclass(frozen=True)
class Directions:
    """Directions, the most telling one first.

    Attributes:
        vectors: Of length 1, shape (k, width), float32.
        spread: Standard deviation of latents along each, shape (k,): what a strength of 1 is.
        shares: How much of all that the method looked at each accounts for, shape (k,): of the variance for principal
            components, of the squared singular values for closed form; None for directions to something.
    """

    vectors: Tensor
    spread: Tensor
    shares: Tensor | None = None


def principal(codes: Tensor, count: int) -> Directions:
    """The directions in which codes (n, width) vary most (GANSpace, Harkonen et al. 2020, arXiv:2004.02546)."""
    enough(codes, count)
    scattered = codes.double() - codes.double().mean(0)
    found = torch.linalg.svd(scattered, full_matrices=False)
    return replace(_measured(found.Vh[:count], codes), shares=_shares(found.S, count))


def principal_by_effect(codes: Tensor, effects: Tensor, count: int) -> Directions:
    """The directions of codes (n, width) that move samples along the principal components of effects (n, f).

    For codes that vary alike in all directions, as normal latents do: principal components of what the generator makes
    of them, carried back to the codes by least squares, as GANSpace does for BigGAN with activations of a layer.

    Args:
        codes: Latents.
        effects: What the generator made of them, for example its samples.
        count: How many directions.
    """
    enough(codes, count)
    scattered = effects.double() - effects.double().mean(0)
    # Left singular vectors by way of the products of samples: of many pixels, a tenth of the time of an SVD.
    squares, left = torch.linalg.eigh(scattered @ scattered.T)
    sizes = squares.flip(0).clamp(min=0).sqrt()
    coordinates = left.flip(1)[:, :count] * sizes[:count]
    centered = codes.double() - codes.double().mean(0)
    vectors = torch.linalg.lstsq(coordinates, centered).solution
    return replace(_measured(vectors, codes), shares=_shares(sizes, count))


def closed_form(weights: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Directions (count, width) that a linear map stretches most, and by how much (count,), largest first.

    SeFa: eigenvectors of A^T A with the largest eigenvalues (Shen and Zhou 2021, arXiv:2007.06600), which are
    A's right singular vectors.

    Args:
        weights: The maps A that codes meet first, one below the other, shape (outputs, width).
        count: How many directions.

    Raises:
        SettingError: Codes have fewer dimensions.
    """
    if count > weights.shape[1]:
        raise SettingError(f"There are {weights.shape[1]} directions at most; {count} were asked for.")
    found = torch.linalg.svd(weights.double(), full_matrices=False)
    return _faced(found.Vh[:count]).float(), found.S[:count].float()


def first_maps(modules: nn.Module, run: Callable[[], object], code: Tensor) -> Tensor:
    """The linear maps that a code meets first, one below the other, shape (outputs, width).

    Found by watching which linear layers are given the code, or something longer that begins with it.

    Args:
        modules: The networks.
        run: Sends the code, and nothing else, through them.
        code: Shape (width,).

    Raises:
        SettingError: It meets none.
    """
    found: list[Tensor] = []
    width = len(code)

    def watch(layer: nn.Linear | nn.ConvTranspose2d, given: tuple[Tensor, ...]) -> None:
        begins = given[0].flatten(1)[:, :width]
        if begins.shape[1] == width and torch.cosine_similarity(begins, code.to(begins), dim=1).min() > ALIGNED:
            weight = layer.weight.detach()  # of a normalised layer: what it is divided by is in it
            matrix = weight.flatten(1).T if isinstance(layer, nn.ConvTranspose2d) else weight
            found.append(matrix[:, :width].cpu())

    layers = [layer for layer in modules.modules() if isinstance(layer, nn.Linear | nn.ConvTranspose2d)]
    handles = [layer.register_forward_pre_hook(watch) for layer in layers]
    try:
        run()
    finally:
        for handle in handles:
            handle.remove()
    if not found:
        raise SettingError(
            "The codes of this generator meet no linear layer first. Take another method: pca or labels."
        )
    return torch.cat(found)


def toward_score(codes: Tensor, scores: Tensor, ridge: float = 1e-3) -> Directions:
    """The direction along which a score rises fastest, as ridge regression has it.

    Args:
        codes: Latents, shape (n, width).
        scores: A number for what each of them makes, shape (n,).
        ridge: What is added to the diagonal of the codes' covariance, as a share of its mean.

    Raises:
        DataError: The scores are all the same, or not finite.
    """
    x, y = _standardised(codes), scores.double()
    if not y.isfinite().all() or not y.std() > 0:
        raise DataError(
            "The scores of the samples are all the same, or not numbers; there is no direction in which they rise."
        )
    covariance = x.T @ x / len(x)
    covariance += ridge * covariance.diagonal().mean() * torch.eye(len(covariance)).to(x)
    vector = torch.linalg.solve(covariance, x.T @ (y - y.mean()) / len(x))
    return _measured(vector[None], codes, face=False)


def toward_label(codes: Tensor, labels: Tensor, ridge: float = 1e-2, steps: int = 50) -> Directions:
    """The normal of the plane that parts codes with a label from those without (Shen et al. 2020, arXiv:1907.10786).

    They fit a support vector machine; this is logistic regression, by Newton's method, which also has a best answer
    where the two can be parted in many ways.

    Args:
        codes: Latents, shape (n, width).
        labels: Whether each has the label, shape (n,), bool.
        ridge: Weight of the penalty |v|^2 / 2 beside the mean loss.
        steps: Of Newton's method, at most.

    Raises:
        DataError: All have the label, or none has.
    """
    if labels.all() or not labels.any():
        raise DataError("The direction towards a label needs samples with it and others without it.")
    x, y = _standardised(codes), labels.double()
    x = torch.cat([x, torch.ones(len(x), 1).to(x)], 1)
    penalty = ridge * torch.eye(x.shape[1]).to(x)
    penalty[-1, -1] = 1e-9  # the offset is free
    solution = torch.zeros(x.shape[1]).to(x)
    for _ in range(steps):
        chance = torch.sigmoid(x @ solution)
        slope = x.T @ (chance - y) / len(x) + penalty @ solution
        curvature = (x * (chance * (1 - chance))[:, None]).T @ x / len(x) + penalty
        step = torch.linalg.solve(curvature, slope)
        solution = solution - step
        if step.norm() < 1e-9 * max(1.0, float(solution.norm())):
            break
    return _measured(solution[None, :-1], codes, face=False)


def enough(codes: Tensor, count: int) -> None:
    """Refuse to look for more directions than codes (n, width) have."""
    most = min(len(codes) - 1, codes.shape[1])
    if not 1 <= count <= most:
        raise SettingError(f"{count} directions were asked for; {len(codes)} samples of these codes have 1 to {most}.")


def _standardised(codes: Tensor) -> Tensor:
    """Codes (n, width) around zero, all coordinates together of variance 1, float64."""
    x = codes.double() - codes.double().mean(0)
    spread = x.square().mean().sqrt()
    if len(codes) < 2 or not spread > 0:
        raise DataError("The samples all have the same latent; there is no direction between them.")
    return x / spread


def _measured(vectors: Tensor, codes: Tensor, *, face: bool = True) -> Directions:
    """Directions of length 1 with the spread of the codes along them."""
    vectors = vectors / vectors.norm(dim=1, keepdim=True).clamp(min=1e-12)
    vectors = _faced(vectors) if face else vectors
    return Directions(vectors.float(), (codes.double() @ vectors.T).std(0).float())


def _shares(sizes: Tensor, count: int) -> Tensor:
    """What part of the sum of squared singular values (n,) the first `count` have, float32."""
    squares = sizes.double().square()
    return (squares[:count] / squares.sum().clamp(min=1e-300)).float()


def _faced(vectors: Tensor) -> Tensor:
    """Vectors whose largest coordinate is positive: either sign is as good, and this one is the same everywhere."""
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    return vectors * torch.where(largest < 0, -1.0, 1.0)
