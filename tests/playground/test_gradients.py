"""The playground's losses and gradients, against PyTorch's for the same weights, batches and random numbers.

The game is written twice more here: plainly, in float64, from the papers; and with the functions that trainings of this
project call.
"""

import math
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch.nn.utils.parametrize import register_parametrization

from zerosum.game import penalties
from zerosum.game.objectives import find_objective
from zerosum.game.penalties import DiscriminatorMove, GeneratorMove, LeCam, PathLength

Node = Callable[[str, Any], Any]
Numbers = dict[str, Tensor]
Score = Callable[[Tensor], Tensor]

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky-relu": lambda x: torch.where(x > 0, x, 0.2 * x),
    "sine": torch.sin,
}


class Perceptron(nn.Module):
    """Linear layers with an activation between them."""

    def __init__(self, sizes: list[int], activation: str) -> None:
        super().__init__()
        pairs = zip(sizes[:-1], sizes[1:], strict=True)
        self.layers = nn.ModuleList(nn.Linear(a, b, dtype=torch.float64) for a, b in pairs)
        self.activation = ACTIVATIONS[activation]

    def forward(self, x: Tensor) -> Tensor:
        for layer in list(self.layers)[:-1]:
            x = self.activation(layer(x))
        return self.layers[-1](x)


class Divided(nn.Module):
    """A weight over its largest singular value, by one step of power iteration from a left singular vector."""

    def __init__(self, left: Tensor) -> None:
        super().__init__()
        self.left = left

    def forward(self, weight: Tensor) -> Tensor:
        right = normalize(self.left @ weight.detach(), dim=0)
        left = normalize(weight.detach() @ right, dim=0)
        return weight / (left @ weight @ right)


@dataclass
class Case:
    """Settings of the playground, two networks, and every random number of a move."""

    settings: dict[str, Any]
    generator: Perceptron
    discriminator: Perceptron
    draws: Numbers
    left: list[Tensor]
    means: dict[str, float]

    @property
    def pack(self) -> int:
        return self.settings.get("pack", 1)

    def packed(self, x: Tensor) -> Tensor:
        """Points (n, d) as the discriminator gets them, (n / pack, pack * d)."""
        packs = len(x) // self.pack
        return x[: packs * self.pack].reshape(packs, -1)

    def prepared(self, x: Tensor, noise: str) -> Tensor:
        return self.packed(x + self.settings.get("noise", 0) * self.draws[noise])

    def score(self, x: Tensor) -> Tensor:
        return self.discriminator(x).squeeze(1)


def log_sigmoid(x: Tensor) -> Tensor:
    return torch.log(1 / (1 + torch.exp(-x)))


def cross_entropy(r: Tensor, f: Tensor, case: Case) -> Tensor:
    label = 1 - case.settings.get("smooth", 0)
    return -(label * log_sigmoid(r) + (1 - label) * log_sigmoid(-r)).mean() - log_sigmoid(-f).mean()


def squares(r: Tensor, f: Tensor, case: Case) -> Tensor:
    return ((r - 1 + case.settings.get("smooth", 0)) ** 2).mean() / 2 + (f**2).mean() / 2


def random_hinge(r: Tensor, f: Tensor, case: Case) -> Tensor:
    of_real, of_fake = case.draws["margins"].chunk(2)
    return (of_real - r).clamp(min=0).mean() + (of_fake + f).clamp(min=0).mean()


def averages(above: Tensor, below: Tensor) -> Tensor:
    return -log_sigmoid(above - below.mean()).mean() - log_sigmoid(above.mean() - below).mean()


DISCRIMINATOR: dict[str, Callable[[Tensor, Tensor, Case], Tensor]] = {
    "minimax": cross_entropy,
    "non-saturating": cross_entropy,
    "wasserstein": lambda r, f, case: f.mean() - r.mean(),
    "least-squares": squares,
    "hinge": lambda r, f, case: (1 - r).clamp(min=0).mean() + (1 + f).clamp(min=0).mean(),
    "random-hinge": random_hinge,
    "relativistic": lambda r, f, case: -log_sigmoid(r - f).mean(),
    "relativistic-average": lambda r, f, case: averages(r, f),
    "kl": lambda r, f, case: (f - 1).exp().mean() - r.mean(),
    "reverse-kl": lambda r, f, case: (-r).exp().mean() + f.mean() - 1,
    "pearson": lambda r, f, case: (f**2 / 4 + f).mean() - r.mean(),
    "hellinger": lambda r, f, case: f.exp().mean() + (-r).exp().mean() - 2,
    "jensen-shannon": lambda r, f, case: -log_sigmoid(r).mean() - log_sigmoid(-f).mean() - 2 * math.log(2),
}
GENERATOR: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "minimax": lambda r, f: log_sigmoid(-f).mean(),
    "non-saturating": lambda r, f: -log_sigmoid(f).mean(),
    "wasserstein": lambda r, f: -f.mean(),
    "least-squares": lambda r, f: ((f - 1) ** 2).mean() / 2,
    "hinge": lambda r, f: -f.mean(),
    "random-hinge": lambda r, f: -f.mean(),
    "relativistic": lambda r, f: -log_sigmoid(f - r).mean(),
    "relativistic-average": lambda r, f: averages(f, r),
    "kl": lambda r, f: -f.mean(),
    "reverse-kl": lambda r, f: (-f).exp().mean(),
    "pearson": lambda r, f: -f.mean(),
    "hellinger": lambda r, f: (-f).exp().mean() - 1,
    "jensen-shannon": lambda r, f: -log_sigmoid(f).mean() - math.log(2),
}


def slope(score: Score, x: Tensor) -> tuple[Tensor, Tensor]:
    """D(x), and the norm of its gradient at each x, differentiable in the weights."""
    x = x.detach().requires_grad_()
    logits = score(x)
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return logits, (gradient**2).sum(1)


def far_from_one(squared: Tensor) -> Tensor:
    return ((squared + 1e-12).sqrt() - 1) ** 2


def between(case: Case, real: Tensor, fake: Tensor) -> Tensor:
    share = case.draws["share"][:, None]
    return share * real + (1 - share) * fake


def around(case: Case, real: Tensor) -> Tensor:
    return real + 0.5 * real.std() * case.packed(case.draws["around"])


def roth(case: Case, real: Tensor, fake: Tensor) -> Tensor:
    (on_real, real_slope), (on_fake, fake_slope) = slope(case.score, real), slope(case.score, fake)
    by_real = (1 - on_real.sigmoid()) ** 2 * real_slope
    return (by_real.mean() + (on_fake.sigmoid() ** 2 * fake_slope).mean()) / 2


def lecam(case: Case, real: Tensor, fake: Tensor) -> Tensor:
    on_real, on_fake = case.score(real), case.score(fake)
    of_real = 0.99 * case.means["lecamReal"] + 0.01 * on_real.mean().item()
    of_fake = 0.99 * case.means["lecamFake"] + 0.01 * on_fake.mean().item()
    return ((on_real - of_fake) ** 2).mean() + ((on_fake - of_real) ** 2).mean()


def changed(case: Case, x: Tensor, changes: str) -> Tensor:
    return ((case.score(x) - case.score(x + case.packed(case.draws[changes]))) ** 2).mean()


def one_sided(case: Case, real: Tensor, fake: Tensor) -> Tensor:
    squared = slope(case.score, between(case, real, fake))[1]
    return torch.where(squared > 1, far_from_one(squared), torch.zeros_like(squared)).mean()


def rows_apart(module: nn.Module) -> Tensor:
    total = torch.zeros((), dtype=torch.float64)
    for weight in module.parameters():
        if weight.dim() == 2:
            products = weight @ weight.T
            total = total + ((products - torch.diag(products.diagonal())) ** 2).sum()
    return total


def weights_squared(case: Case) -> Tensor:
    return torch.stack([(weight**2).sum() for weight in case.discriminator.parameters()]).sum() / 2


ON_DISCRIMINATOR: dict[str, Callable[[Case, Tensor, Tensor], Tensor]] = {
    "r1": lambda case, real, fake: slope(case.score, real)[1].mean() / 2,
    "r2": lambda case, real, fake: slope(case.score, fake)[1].mean() / 2,
    "gradient-penalty": lambda case, real, fake: far_from_one(slope(case.score, between(case, real, fake))[1]).mean(),
    "one-sided-gradient-penalty": one_sided,
    "dragan": lambda case, real, fake: far_from_one(slope(case.score, around(case, real))[1]).mean(),
    "roth": roth,
    "drift": lambda case, real, fake: (case.score(real) ** 2).mean(),
    "lecam": lecam,
    "consistency": lambda case, real, fake: changed(case, real, "changesReal"),
    "balanced-consistency": lambda case, real, fake: (
        changed(case, real, "changesReal") + changed(case, fake, "changesFake")
    ),
    "weight-decay": lambda case, real, fake: weights_squared(case),
    "orthogonal": lambda case, real, fake: rows_apart(case.discriminator),
}


def mode_seeking(case: Case) -> Tensor:
    z, others = case.draws["latents"], case.draws["others"]
    apart = (case.generator(z) - case.generator(others)).abs().mean(1)
    return (1 / (apart / (z - others).abs().mean(1) + 1e-5)).mean()


def path_length(case: Case) -> Tensor:
    z = case.draws["latents"].clone().requires_grad_()
    (gradient,) = torch.autograd.grad((case.generator(z) * case.draws["directions"]).sum(), z, create_graph=True)
    lengths = ((gradient**2).sum(1) + 1e-12).sqrt()
    mean = 0.99 * case.means["pathLength"] + 0.01 * lengths.mean().item()
    return ((lengths - mean) ** 2).mean()


ON_GENERATOR: dict[str, Callable[[Case], Tensor]] = {
    "generator-orthogonal": lambda case: rows_apart(case.generator),
    "mode-seeking": mode_seeking,
    "path-length": path_length,
}


def discriminator_move(case: Case) -> tuple[Tensor, Tensor]:
    """The discriminator's loss, and its penalties' weighted sum."""
    with torch.no_grad():
        fake = case.prepared(case.generator(case.draws["latents"]), "noiseFake")
    real = case.prepared(case.draws["real"], "noiseReal")
    loss = DISCRIMINATOR[case.settings["loss"]](case.score(real), case.score(fake), case)
    penalty = loss * 0
    for name, weight in case.settings["penalties"].items():
        if name in ON_DISCRIMINATOR:
            penalty = penalty + weight * ON_DISCRIMINATOR[name](case, real, fake)
    return loss, penalty


def generator_move(case: Case) -> tuple[Tensor, Tensor, Tensor]:
    """The generator's loss, its penalties' weighted sum, and what the discriminator was given."""
    judged = case.prepared(case.generator(case.draws["latents"]), "noiseFake")
    judged.retain_grad()
    real = case.prepared(case.draws["real"], "noiseReal")
    loss = GENERATOR[case.settings["loss"]](case.score(real).detach(), case.score(judged))
    penalty = loss * 0
    for name, weight in case.settings["penalties"].items():
        if name in ON_GENERATOR:
            penalty = penalty + weight * ON_GENERATOR[name](case)
    return loss, penalty, judged


BATCH, LATENT, WIDTH = 12, 3, 6


def make_case(**settings: Any) -> Case:
    """Networks and random numbers for settings, the same for the same settings."""
    settings = {
        "loss": "non-saturating",
        "penalties": {},
        "batch": BATCH,
        "latentSize": LATENT,
        "data": "ring",
    } | settings
    for player in ("generator", "discriminator"):
        for name, value in {"Depth": 2, "Width": WIDTH, "Activation": "tanh"}.items():
            settings.setdefault(player + name, value)
    torch.manual_seed(len(repr(settings)))
    dimensions, pack = 1 if settings["data"] == "gaussian1" else 2, settings.get("pack", 1)
    hidden = {p: [settings[p + "Width"]] * settings[p + "Depth"] for p in ("generator", "discriminator")}
    generator = Perceptron([LATENT, *hidden["generator"], dimensions], settings["generatorActivation"])
    discriminator = Perceptron([pack * dimensions, *hidden["discriminator"], 1], settings["discriminatorActivation"])
    normal = {name: (BATCH, LATENT) for name in ("latents", "others")}
    normal |= dict.fromkeys(("real", "noiseReal", "noiseFake", "around", "directions"), (BATCH, dimensions))
    draws = {name: torch.randn(shape, dtype=torch.float64) for name, shape in normal.items()}
    draws |= {
        name: 0.05 * torch.randn(BATCH, dimensions, dtype=torch.float64) for name in ("changesReal", "changesFake")
    }
    draws["share"] = torch.rand(BATCH // pack, dtype=torch.float64)
    draws["margins"] = 0.8 + 0.2 * torch.rand(2 * (BATCH // pack), dtype=torch.float64)
    left = [normalize(torch.randn(len(layer.bias), dtype=torch.float64), dim=0) for layer in discriminator.layers]
    return Case(
        settings, generator, discriminator, draws, left, {"lecamReal": 0.3, "lecamFake": -0.2, "pathLength": 0.7}
    )


def told(case: Case) -> dict[str, Any]:
    """The case as the script reads it."""
    return {
        "settings": case.settings,
        "generator": flat(trained(case.generator)).tolist(),
        "discriminator": flat(trained(case.discriminator)).tolist(),
        "draws": {name: numbers.flatten().tolist() for name, numbers in case.draws.items()},
        "left": [vector.tolist() for vector in case.left],
        "means": case.means,
    }


def flat(tensors: Any) -> Tensor:
    return torch.cat([tensor.flatten() for tensor in tensors])


def trained(module: Perceptron) -> list[Tensor]:
    """Weights and biases, layer after layer; under a parametrisation, those that it starts from."""
    weights = [getattr(layer, "parametrizations", None) for layer in module.layers]
    pairs = zip(weights, module.layers, strict=True)
    return [one for found, layer in pairs for one in (found.weight.original if found else layer.weight, layer.bias)]


def gradient(value: Tensor, module: Perceptron) -> Tensor:
    return flat(torch.autograd.grad(value, trained(module), allow_unused=True, materialize_grads=True))


def compare(case: Case, answer: dict[str, Any]) -> None:
    """Both moves of the engine, beside autograd's."""
    loss, penalty = discriminator_move(case)
    check(answer["discriminator"], loss, penalty, gradient(loss + penalty, case.discriminator))
    loss, penalty, judged = generator_move(case)
    (arrows,) = torch.autograd.grad(loss, judged, retain_graph=True)
    check(answer["generator"], loss, penalty, gradient(loss + penalty, case.generator))
    close(answer["arrows"], arrows.flatten())


def check(answer: dict[str, Any], loss: Tensor, penalty: Tensor, expected: Tensor) -> None:
    close(answer["gradient"], expected)
    close(
        [answer["norm"], answer["loss"], sum(answer["penalties"].values())],
        torch.stack([expected.norm(), loss, penalty]).detach(),
    )


def close(actual: list[float], expected: Tensor) -> None:
    """Equal to 1e-9 of the largest number, where 1e-5 is asked for."""
    found = torch.tensor(actual, dtype=torch.float64)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-9 * (1 + float(expected.abs().max())))


@pytest.mark.parametrize("loss", DISCRIMINATOR)
def test_every_loss_with_every_penalty_and_activation(loss: str, node: Node) -> None:
    """Losses, gradients of both players, and the arrows at the fakes, as plain autograd has them."""
    names = [None, *ON_DISCRIMINATOR, *ON_GENERATOR]
    cases = [
        make_case(
            loss=loss, penalties={name: 0.7} if name else {}, generatorActivation=one, discriminatorActivation=one
        )
        for name, one in product(names, ACTIVATIONS)
    ]
    for case, answer in zip(cases, node("gradients.mjs", [told(case) for case in cases]), strict=True):
        compare(case, answer)


OPTIONS: dict[str, dict[str, Any]] = {
    "one dimension": {"data": "gaussian1", "penalties": {"r1": 0.5}},
    "no hidden layers": {"generatorDepth": 0, "discriminatorDepth": 0, "penalties": {"r1": 0.5, "path-length": 0.5}},
    "four hidden layers": {"generatorDepth": 4, "discriminatorDepth": 4, "penalties": {"r1": 0.5, "r2": 0.5}},
    "widths that are no multiple of four": {"generatorWidth": 7, "discriminatorWidth": 5, "penalties": {"roth": 1}},
    "packs": {"pack": 3, "penalties": {"gradient-penalty": 1, "r1": 0.3}},
    "packs that leave samples out": {"pack": 5, "loss": "relativistic", "penalties": {"dragan": 1}},
    "instance noise": {"noise": 0.4, "loss": "relativistic-average", "penalties": {"r2": 0.5}},
    "smoothed labels": {"smooth": 0.2, "loss": "minimax", "penalties": {"r1": 0.5}},
    "smoothed squares": {"smooth": 0.2, "loss": "least-squares"},
    "spectral norm": {"spectral": True, "loss": "hinge"},
    "spectral norm and penalties": {"spectral": True, "penalties": {"r1": 0.5, "weight-decay": 0.1, "orthogonal": 0.2}},
    "everything": {
        "spectral": True,
        "pack": 2,
        "noise": 0.2,
        "smooth": 0.1,
        "penalties": dict.fromkeys([*ON_DISCRIMINATOR, *ON_GENERATOR], 0.3),
    },
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options(name: str, node: Node) -> None:
    """The same with packs, noise, smoothed labels, normalised layers, and networks of other shapes."""
    case = make_case(**OPTIONS[name])
    if case.settings.get("spectral"):
        for layer, left in zip(case.discriminator.layers, case.left, strict=True):
            register_parametrization(layer, "weight", Divided(left), unsafe=True)
    (answer,) = node("gradients.mjs", [told(case)])
    compare(case, answer)


class Given:
    """Random numbers that were drawn already, in place of `Noise`."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def uniform(self, count: int, *shape: int) -> Tensor:
        return self.case.draws["share"].float()

    def normal(self, count: int, *shape: int) -> Tensor:
        name = {True: "others", False: "around"}[shape == (LATENT,)]
        return self.case.draws["directions" if "path-length" in self.case.settings["penalties"] else name].float()


def project_penalties(case: Case, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[Any], Tensor]]:
    """What this project has under the names, with the case's random numbers and running means."""
    changes = iter([case.draws["changesReal"].float(), case.draws["changesFake"].float()])
    monkeypatch.setattr(penalties, "perturb", lambda x: x + next(changes))
    lecam, path_length = LeCam(), PathLength()
    for name, value in (("lecam/real", "lecamReal"), ("lecam/fake", "lecamFake")):
        lecam.state[name].fill_(case.means[value])
    path_length.state["path-length/mean"].fill_(case.means["pathLength"])
    plain = {name: getattr(penalties, name.replace("-", "_")) for name in ON_DISCRIMINATOR if name != "lecam"}
    others = {"generator-orthogonal": penalties.orthogonal, "mode-seeking": penalties.mode_seeking}
    return {**plain, **others, "lecam": lecam, "path-length": path_length}


@pytest.mark.parametrize("name", [*ON_DISCRIMINATOR, *ON_GENERATOR])
def test_the_same_game_as_the_projects(name: str, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions that trainings call, in float32: gradients to 1e-5, for every penalty under every loss."""
    cases = [make_case(loss=loss, penalties={name: 0.7}) for loss in DISCRIMINATOR if loss != "random-hinge"]
    for case, answer in zip(cases, node("gradients.mjs", [told(case) for case in cases]), strict=True):
        value = project_penalties(case, monkeypatch)[name]
        objective = find_objective(case.settings["loss"])
        generator, discriminator = deepcopy(case.generator).float(), deepcopy(case.discriminator).float()
        latents, real = case.draws["latents"].float(), case.draws["real"].float()

        def score(x: Tensor, network: Perceptron = discriminator) -> Tensor:
            return network(x).squeeze(1)

        fake = generator(latents)
        at_fake = fake.detach()
        move = DiscriminatorMove(discriminator, score, real, at_fake, score(real), score(at_fake), Given(case))
        loss = objective.discriminator(move.on_real, move.on_fake)
        if name in ON_DISCRIMINATOR:
            loss = loss + 0.7 * value(move)
        nearly(answer["discriminator"]["gradient"], gradient(loss, discriminator))
        loss = objective.generator(score(real).detach(), score(fake))
        if name in ON_GENERATOR:
            trace = lambda z, network=generator: (z, network(z))  # noqa: E731
            loss = loss + 0.7 * value(GeneratorMove(generator, trace, latents, fake, Given(case)))
        nearly(answer["generator"]["gradient"], gradient(loss, generator))


def nearly(actual: list[float], expected: Tensor) -> None:
    found = torch.tensor(actual, dtype=torch.float64)
    torch.testing.assert_close(found, expected.double(), rtol=1e-5, atol=1e-5 * max(1.0, float(expected.abs().max())))
