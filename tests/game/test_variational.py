"""The terms of autoencoders against torch's distributions, numerical integrals, and an exactly solvable model."""

import math

import pytest
import torch
from torch.distributions import Bernoulli, MultivariateNormal, Normal, kl_divergence

from zerosum.game.variational import (
    NEAREST,
    bernoulli_surprise,
    best_deviation,
    gaussian_surprise,
    normal_divergence,
    normal_draw,
)


def doubles(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_divergence_is_that_of_torch_and_of_an_integral() -> None:
    mean, log_variance = doubles(5, 3), doubles(5, 3, seed=1)
    expected = kl_divergence(Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)).sum(1)
    assert torch.allclose(normal_divergence(mean, log_variance), expected, rtol=0, atol=1e-12)
    place = torch.linspace(-30, 30, 60_001, dtype=torch.float64)
    q = Normal(mean[0, 0], (log_variance[0, 0] / 2).exp())
    density = q.log_prob(place).exp()
    integral = torch.trapezoid(density * (q.log_prob(place) - Normal(0.0, 1.0).log_prob(place)), place)
    assert normal_divergence(mean[:1, :1], log_variance[:1, :1]).item() == pytest.approx(integral.item(), abs=1e-6)


def test_divergence_of_the_prior_is_nothing() -> None:
    assert torch.equal(normal_divergence(torch.zeros(4, 3), torch.zeros(4, 3)), torch.zeros(4))


def test_draws_have_the_mean_and_the_variance_that_were_asked_for() -> None:
    mean, log_variance = torch.tensor([[2.0, -1.0]]).double(), torch.tensor([[0.5, -2.0]]).double()
    drawn = normal_draw(mean, log_variance, doubles(200_000, 2))
    assert torch.allclose(drawn.mean(0), mean[0], atol=0.01)
    assert torch.allclose(drawn.var(0), log_variance[0].exp(), rtol=0.01)


def test_surprise_is_that_of_torch() -> None:
    x, mean, deviation = doubles(4, 2, 3, 5), doubles(4, 2, 3, 5, seed=1), torch.tensor(0.3, dtype=torch.float64)
    expected = -Normal(mean, deviation).log_prob(x).flatten(1).sum(1)
    assert torch.allclose(gaussian_surprise(x, mean, deviation), expected, rtol=1e-12)


def test_bernoulli_surprise_is_that_of_torch() -> None:
    x, mean = doubles(4, 3).sign(), doubles(4, 3, seed=1).tanh()
    chance = NEAREST + (1 - 2 * NEAREST) * (mean + 1) / 2
    expected = -Bernoulli(chance).log_prob((x + 1) / 2).sum(1)
    assert torch.allclose(bernoulli_surprise(x, mean), expected, rtol=1e-12)
    grey = torch.tensor([[0.4]], dtype=torch.float64)
    places = torch.linspace(-0.99, 0.99, 199, dtype=torch.float64)[:, None]
    assert places[bernoulli_surprise(grey.expand(199, 1), places).argmin()].item() == pytest.approx(0.4)
    assert bernoulli_surprise(torch.ones(1, 2), -torch.ones(1, 2)).item() == pytest.approx(
        -2 * math.log(1e-4), rel=1e-4
    )


def test_the_best_deviation_makes_a_batch_most_likely() -> None:
    x, mean = doubles(6, 4), doubles(6, 4, seed=1)
    best = best_deviation(x, mean, 0.01)
    surprise = [gaussian_surprise(x, mean, best * factor).sum() for factor in (0.99, 1.0, 1.01)]
    assert surprise[1] < min(surprise[0], surprise[2])
    expected = x.numel() * (0.5 + best.log() + math.log(2 * math.pi) / 2)
    assert surprise[1].item() == pytest.approx(expected.item(), rel=1e-12)
    assert best_deviation(x, x, 0.01).item() == 0.01


def test_its_gradient_is_that_of_the_error_s_logarithm() -> None:
    """With the best deviation, a sample's likelihood is -d/2 log of the mean squared error and a constant."""
    x, mean = doubles(6, 4), doubles(6, 4, seed=1).requires_grad_()
    gaussian_surprise(x, mean, best_deviation(x, mean, 0.01)).sum().backward()
    assert mean.grad is not None
    other = mean.detach().clone().requires_grad_()
    (x.numel() / 2 * (x - other).square().mean().log()).backward()
    assert other.grad is not None
    assert torch.allclose(mean.grad, other.grad, rtol=1e-10)


@pytest.mark.parametrize("exact", [True, False])
def test_the_bound_of_a_linear_model_is_its_likelihood_only_with_the_exact_posterior(exact: bool) -> None:
    """x = W z + b + sigma e with one orthogonal W has a posterior of independent normals."""
    latent, size, sigma = 2, 5, 0.4
    weight = torch.linalg.qr(doubles(size, latent))[0] * torch.tensor([2.0, 0.7]).double()
    offset, x = doubles(size, seed=2), doubles(3, size, seed=3)
    covariance = weight @ weight.T + sigma**2 * torch.eye(size).double()
    likelihood = MultivariateNormal(offset, covariance).log_prob(x)
    variance = 1 / (1 + weight.square().sum(0) / sigma**2)
    mean = (x - offset) @ weight / sigma**2 * variance
    log_variance = variance.log().expand(3, latent)
    if not exact:
        mean, log_variance = mean + 0.1, log_variance - 0.3
    # The mean over the posterior of a quadratic: exact with nodes of Gauss and Hermite.
    node, share = torch.tensor([[-(3**0.5), 0.0, 3**0.5], [1 / 6, 2 / 3, 1 / 6]], dtype=torch.float64)
    bound = -normal_divergence(mean, log_variance)
    for i in range(3):
        for j in range(3):
            z = normal_draw(mean, log_variance, torch.stack([node[i], node[j]]).expand(3, latent))
            surprise = gaussian_surprise(x, z @ weight.T + offset, torch.tensor(sigma, dtype=torch.float64))
            bound = bound - share[i] * share[j] * surprise
    if exact:
        assert torch.allclose(bound, likelihood, rtol=1e-10)
    else:
        assert (bound < likelihood - 0.01).all()
