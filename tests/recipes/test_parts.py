"""Every loss, penalty, augmentation and rule runs through recipes, and what it remembers is resumed bit for bit."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.api import make_plan, open_for
from zerosum.config.adversarial import Adversarial, LossName
from zerosum.config.data import DataOptions
from zerosum.config.penalties import DIFFERENTIATED_TWICE
from zerosum.config.run import Run
from zerosum.core.errors import SettingError
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.data.loader import Loader
from zerosum.game.catalogue import PENALTIES
from zerosum.nn.statistics import STATISTICS
from zerosum.recipes.dcgan import DCGAN
from zerosum.train.checkpoint import load_checkpoint, save_checkpoint, state
from zerosum.train.engine import Engine
from zerosum.train.feed import Feed
from zerosum.train.loop import play
from zerosum.train.plan import Plan

SMALL: dict[str, Any] = {
    "width": 16,
    "generator_width": 8,
    "discriminator_width": 8,
    "discriminator_units": 8,
    "latent_dim": 4,
    "group_width": 4,
    "blocks": 1,
    "class_embedding_dim": 4,
}
"""Values that make networks tiny; each recipe takes those that it has."""

SYSTEMS = {
    "light": ("light", "image", True),
    "dcgan": ("dcgan", "image", False),
    "gan": ("gan", "image", False),
    "r3gan": ("r3gan", "image", True),
    "biggan": ("biggan", "image", True),
    "points": ("r3gan", "points", False),
    "points of classes": ("dcgan", "points", True),
}

LONG_TERM = {"penalty_samples": 100, "noise_samples": 100, "top_samples": 40, "ada_samples": 200}
PARTS: dict[str, dict[str, Any]] = {
    **{f"loss {name}": {"loss": name} for name in get_args(LossName)},
    **{f"penalty {name}": {"penalties": name} for name in PENALTIES},
    **{
        f"lazy {name}": {"penalties": name, "penalty_every": 2, "penalty_steps": "own"}
        for name in sorted(DIFFERENTIATED_TWICE)
    },
    "joined lazily": {"penalties": "r1,path-length,lecam", "penalty_every": 2, "final_penalty": 0.1},
    **{f"statistics {name}": {"batch_statistics": name} for name in STATISTICS},
    "spectral norm": {"spectral_norm": True},
    "spectral norm with a penalty": {"spectral_norm": True, "penalties": "r1,orthogonal"},
    "weight limit": {"weight_limit": 0.01, "loss": "wasserstein"},
    "gradient clip": {"gradient_clip": 0.1},
    "pack": {"pack": 2},
    "pack with statistics": {"pack": 2, "batch_statistics": "standard-deviation", "penalties": "r1"},
    "feature matching": {"feature_matching": 1.0},
    "diffaugment": {"augment": "diffaugment"},
    "ada": {"augment": "ada", "ada_target": 0.0},
    "instance noise": {"instance_noise": 0.5},
    "smooth labels": {"loss": "non-saturating", "smooth_real": 0.1, "smooth_fake": 0.05},
    "several moves": {"discriminator_steps": 3, "discriminator_rate": 2.0},
    "pretraining": {"pretrain_samples": 24},
    "pretraining that ends early": {"pretrain_samples": 10**6, "pretrain_accuracy": 0.3},
    "top": {"top_share": 0.3},
    "focus": {"focus": 3.0},
    "focus with several moves": {"focus": 3.0, "discriminator_steps": 2},
    "everything": {
        "loss": "relativistic-average",
        "penalties": "r1,lecam,path-length,balanced-consistency",
        "penalty_every": 2,
        "penalty_steps": "own",
        "final_penalty": 0.5,
        "spectral_norm": True,
        "batch_statistics": "discrimination",
        "feature_matching": 0.1,
        "augment": "ada",
        "instance_noise": 0.1,
        "discriminator_steps": 2,
        "pretrain_samples": 16,
        "top_share": 0.5,
        "gradient_clip": 10.0,
        "focus": 2.0,
    },
}
"""By name, the settings that ask for a part."""

REMEMBERING = {
    "ada": "game/ada/",
    "penalty lecam": "game/lecam/",
    "penalty path-length": "game/path-length/mean",
    "lazy path-length": "game/path-length/mean",
    "focus": "game/focus/difficulty",
    "focus with several moves": "game/focus/difficulty",
    "pretraining": "game/pretraining/over",
    "pretraining that ends early": "game/pretraining/over",
    "spectral norm": "discriminator/module/head.linear.parametrizations.weight.0.left",
    "statistics discrimination": "discriminator/module/head.statistics.projections",
    "instance noise": "",
    "top": "",
    "joined lazily": "game/lecam/",
    "several moves": "",
    "everything": "game/",
}
"""Parts whose runs depend on what came before, and the name of what they keep."""


def plan_of(system: str, settings: dict[str, Any], folder: Path) -> Plan:
    """Eighty random samples, of which some are held out."""
    name, kind, classes = SYSTEMS[system]
    generator = np.random.default_rng(0)
    labels = {"labels": np.arange(80) % 3} if classes and "pack" not in settings else {}
    if kind == "image":
        samples = {"images": generator.integers(0, 256, (80, 8, 12, 3), dtype=np.uint8)}
    else:
        samples = {"x": generator.normal(size=(80, 2)).astype(np.float32)}
    np.savez(folder / "data.npz", **samples, **labels)
    options = DataOptions()
    dataset, recipe, _ = open_for(folder / "data.npz", options, name, "cpu")
    usual = recipe.settings(dataset.space)
    names = {field.name for field in dataclasses.fields(usual)}
    small = {name: value for name, value in SMALL.items() if name in names}
    chosen = dataclasses.replace(usual, **(small | LONG_TERM | settings))
    run = Run(samples=10**6, batch=8, device="cpu", precision="fp32", log_rounds=1)
    return make_plan(dataset, options, recipe, chosen, run, folder)


class Played:
    """A game that goes on from where it is, and what it recorded."""

    def __init__(self, plan: Plan) -> None:
        self.game = plan.build()
        self.engine = Engine(self.game, plan.run, plan.dataset.space)
        self.feed = Feed(self.game, Loader(plan.dataset, plan.run.seed, 8))
        self.records: list[dict[str, Tensor]] = []

    def until(self, rounds: int) -> "Played":
        play(self.game, self.engine, self.feed, [self.records.append], lambda: self.game.clock.rounds >= rounds)
        self.engine.check_finite()
        return self


def suits(part: str, system: str) -> bool:
    """Whether a part has a meaning for the system's data."""
    return not (SYSTEMS[system][1] == "points" and PARTS[part].get("augment", "none") != "none")


@pytest.mark.parametrize("system", ["light", "dcgan", "points"])
@pytest.mark.parametrize("part", PARTS)
def test_part(part: str, system: str, tmp_path: Path) -> None:
    """A few rounds with finite losses, in which both players move and the penalty is among the terms."""
    if not suits(part, system):
        with pytest.raises(SettingError, match="for pictures"):
            plan_of(system, PARTS[part], tmp_path).build()
        return
    played = Played(plan_of(system, PARTS[part], tmp_path))
    before = {name: value.clone() for name, value in state(played.engine).items()}
    played.until(5)
    terms = {name for record in played.records for name in record}
    assert all(value.isfinite() for record in played.records for value in record.values())
    assert {"discriminator/adversarial", "generator/adversarial"} <= terms
    for name in str(getattr(played.game, "penalties", PARTS[part].get("penalties", ""))).split(","):
        assert not name or f"{PENALTIES[name].player}/{name}" in terms
    after = state(played.engine)
    for player in ("discriminator", "generator"):
        assert any(not torch.equal(before[n], after[n]) for n in before if n.startswith(f"{player}/module"))


@pytest.mark.parametrize("system", ["gan", "r3gan", "biggan", "points of classes"])
@pytest.mark.parametrize(
    "settings",
    [
        {"penalties": "r1,orthogonal", "spectral_norm": True},
        {"batch_statistics": "discrimination", "feature_matching": 1.0, "focus": 2.0},
        {"pack": 2, "batch_statistics": "standard-deviation", "loss": "wasserstein", "weight_limit": 0.05},
        # Samples that are all alike at first have mode-seeking gradients that plain momentum, in `gan`, runs away on.
        {"penalties": "path-length,mode-seeking,generator-orthogonal", "top_share": 0.5, "gradient_clip": 1.0},
    ],
    ids=lambda settings: "-".join(settings),
)
def test_parts_fit_every_network(system: str, settings: dict[str, Any], tmp_path: Path) -> None:
    played = Played(plan_of(system, settings, tmp_path)).until(4)
    assert all(value.isfinite() for record in played.records for value in record.values())


@pytest.mark.parametrize("system", ["light", "dcgan", "points of classes"])
@pytest.mark.parametrize("part", REMEMBERING)
def test_stopping_and_going_on_is_the_same_run(part: str, system: str, tmp_path: Path) -> None:
    if not suits(part, system):
        pytest.skip("for pictures")
    if part.startswith("everything"):
        assert set(PARTS[part]) <= {field.name for field in dataclasses.fields(Adversarial)}
    plan = plan_of(system, PARTS[part], tmp_path)
    whole = Played(plan).until(8)
    first = Played(plan).until(3)
    path = save_checkpoint(tmp_path / "checkpoints", first.engine, 1.0)
    second = Played(plan)
    load_checkpoint(path, second.engine)
    second.until(8)
    expected, found = state(whole.engine), state(second.engine)
    assert expected.keys() == found.keys()
    assert any(name.startswith(REMEMBERING[part]) for name in found)
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []
    for one, other in zip(whole.records, first.records + second.records, strict=True):
        assert one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def counted(plan: Plan, rounds: int, what: Callable[[Played], float]) -> list[float]:
    played, found = Played(plan), []
    for number in range(1, rounds + 1):
        found.append(what(played.until(number)))
    return found


def test_state_changes_as_it_should(tmp_path: Path) -> None:
    """What parts keep moves while training, and is what the next round reads."""
    ada = counted(
        plan_of("dcgan", PARTS["ada"], tmp_path),
        32,
        lambda played: played.game.state["ada/probability"].item(),
    )
    assert 0 <= min(ada) <= max(ada) <= 1 and len(set(ada)) > 1
    over = counted(
        plan_of("light", PARTS["pretraining"], tmp_path),
        6,
        lambda played: float("generator/adversarial" in played.records[-1]),
    )
    assert over[:3] == [0.0] * 3 and over[-1] == 1.0
    spread = counted(
        plan_of("light", PARTS["focus"], tmp_path), 30, lambda played: played.game.multiples().max().item()
    )
    assert spread[-1] > 1.01 and max(spread) <= 3 * (1 + 1e-5)


def test_spectral_norm_and_penalties_leave_batch_normalisation_out() -> None:
    def norms(settings: dict[str, Any]) -> int:
        config = DCGAN(discriminator_width=8, generator_width=8, **settings)
        game = find_recipe("dcgan").build(config, Space(kind="image", shape=(3, 32, 32)))
        modules = game.players["discriminator"].module.modules()
        return sum(isinstance(module, torch.nn.BatchNorm2d) for module in modules)

    assert norms({}) > 0 == norms({"spectral_norm": True}) == norms({"penalties": "r1"})


def test_packs_of_classes_are_refused(tmp_path: Path) -> None:
    plan = plan_of("light", {}, tmp_path)
    with pytest.raises(SettingError, match="--no-conditional"):
        find_recipe("light").build(dataclasses.replace(plan.settings, pack=2), plan.dataset.space)
