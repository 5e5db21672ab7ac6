"""The systems for tables: what they are told, what they are shown, and that they learn what a table is like."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.stats
import torch
from torch import nn

import zerosum
from zerosum.core.batch import Batch
from zerosum.core.seeding import Noise
from zerosum.data import open_dataset
from zerosum.data.loader import Loader
from zerosum.game.penalties import GeneratorMove
from zerosum.game.told import Chances, OneCategory
from zerosum.networks.ctgan import ConcatenatingGenerator, PackedCritic, Telling
from zerosum.networks.tabular import TabularGenerator
from zerosum.networks.tvae import TableAutoencoder
from zerosum.recipes.ctgan import CTGAN, ctgan, disobedience, telling
from zerosum.recipes.tabular import Tabular, some_columns, tabular


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """600 rows: a rare colour, a size that follows from it, and a number with gaps."""
    generator = np.random.default_rng(0)
    colour = generator.choice(["red", "green", "blue"], 600, p=[0.9, 0.08, 0.02])
    size = np.where(colour == "red", "small", generator.choice(["small", "large"], 600))
    weight = np.round(generator.normal(size=600) + 5 * (colour == "blue"), 2)
    return pd.DataFrame(
        {"colour": colour, "weight": np.where(generator.random(600) < 0.1, np.nan, weight), "size": size}
    )


@pytest.fixture(params=["pieces", "modes"])
def dataset(request: pytest.FixtureRequest, frame: pd.DataFrame) -> Any:
    return open_dataset(frame, numbers=request.param)


def rows_of(dataset: Any, count: int = 64) -> torch.Tensor:
    return dataset.codec.encode(torch.from_numpy(np.asarray(dataset.rows[:count])))


def batch_of(x: torch.Tensor, group: torch.Tensor | None = None, condition: torch.Tensor | None = None) -> Batch:
    return Batch(x, condition, Noise(3), group=group)


def test_training_by_sampling_draws_as_published(dataset: Any) -> None:
    """Each column is as likely as any other, and a category by the logarithm of its count (Section 4.3)."""
    game = ctgan(CTGAN(), dataset.space)
    assert game.multiples is not None and game.told is not None
    loader = Loader(dataset, 0, 500)
    drawn = torch.cat([loader.focused(500 * k, game.multiples().numpy())[2] for k in range(40)])
    categories = [cell for cell in dataset.space.cells if cell.category]
    wanted = []
    for cell in categories:
        logs = np.array([math.log(count + 1) for count in cell.counts])
        # Categories that only held-out rows have cannot be shown.
        wanted += (logs / logs.sum() / len(categories)).tolist()
    shares = np.bincount(drawn.numpy(), minlength=len(wanted)) / len(drawn)
    np.testing.assert_allclose(shares, wanted, atol=0.015)
    rows, _, group = loader.focused(0, game.multiples().numpy())
    x = dataset.codec.encode(rows)
    told = game.told(batch_of(x, group))
    row, which = told.split([dataset.space.size, len(dataset.space.cells)], 1)
    assert (which.sum(1) == 1).all() and (row.sum(1) == 1).all()
    assert ((row * x).sum(1) == 1).all(), "a row is told a category that it has"


def test_who_is_told_nothing_has_categories_as_often_as_the_data(dataset: Any) -> None:
    told = Telling(dataset.space.cells)
    drawn = told(None, torch.rand(60_000, 2, generator=torch.Generator().manual_seed(0)))
    categories = [cell for cell in dataset.space.cells if cell.category]
    wanted = np.concatenate([np.array(cell.counts) / sum(cell.counts) / len(categories) for cell in categories])
    np.testing.assert_allclose(np.bincount(drawn.numpy(), minlength=len(wanted)) / len(drawn), wanted, atol=0.005)


def test_a_layer_reads_all_before_it(dataset: Any) -> None:
    """The sums over sources are what one matrix for noise, told category and all hidden layers gives."""
    cells = dataset.space.cells
    generator = ConcatenatingGenerator(cells, noise_dim=6, width=5, depth=2, temperature=0.2).eval()
    prior = Chances.beside(6, generator.cells.count + 2)
    latents = prior.latents(range(7))
    condition = OneCategory(cells)(torch.arange(7) % generator.telling.count)
    answers, rows = generator.trace(latents, condition)
    told = generator.telling(condition)
    one_hot = nn.functional.one_hot(told, generator.telling.count).float()
    before = [torch.cat([latents[:, :6], one_hot], 1)]
    first, *sources = generator.sources
    matrices = [torch.cat([first.weight, generator.of_told.weight[:-1].T], 1), *(source.weight for source in sources)]
    outputs, start = generator.outputs, [0, 0, 0]
    for layer, wide in enumerate(outputs):
        total = first.bias[start[0] : start[0] + wide].expand(7, -1)
        for number, x in enumerate(before):
            total = total + x @ matrices[number][start[number] : start[number] + wide].T
            start[number] += wide
        if layer < 2:
            before.append(generator.norms[layer](total).relu())
    torch.testing.assert_close(answers, total)
    assert rows.shape == (7, dataset.space.size)


def test_disobedience_is_the_cross_entropy_of_what_was_told(dataset: Any) -> None:
    cells = dataset.space.cells
    generator = ConcatenatingGenerator(cells, 6, 5, 2, 0.2)
    told = telling(dataset.space, OneCategory(dataset.space.cells))(rows_of(dataset, 20))
    latents = Chances.beside(6, generator.cells.count + 2).latents(range(20))
    answers, fake = generator.trace(latents, told)
    move = GeneratorMove(generator, lambda z: (z, z), latents, fake, Noise(0), told, answers)
    row, which = told.split([dataset.space.size, len(cells)], 1)
    losses, start = [], 0
    starts = np.cumsum([0, *[cell.width for cell in cells]])
    for number in range(20):
        index = int(which[number].argmax())
        start = int(starts[index]) + cells[index].number
        part = slice(start, start + cells[index].choices)
        losses.append(nn.functional.cross_entropy(answers[number, part], row[number, part].argmax()))
    torch.testing.assert_close(disobedience(generator.cells, move), torch.stack(losses).mean())


def test_the_critic_judges_packs_with_what_they_are_told(dataset: Any) -> None:
    x = rows_of(dataset, 20)
    critic = PackedCritic(dataset.space.cells, pack=4, width=8, depth=2, dropout=0.0, statistics="none")
    tell = telling(dataset.space, OneCategory(dataset.space.cells))

    def judged(x: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        return critic(x.reshape(5, -1), told.reshape(5, -1))

    logits = judged(x, tell(x))
    assert logits.shape == (5,)
    other = x.clone()
    other[0] = 0
    changed = judged(other, tell(x)) != logits
    assert changed.tolist() == [True, False, False, False, False]
    told = tell(x).clone()
    told[4:8] = 0
    assert (judged(x, told) != logits).tolist() == [False, True, False, False, False]


def test_some_columns_are_told_and_come_out_as_told(frame: pd.DataFrame) -> None:
    dataset = open_dataset(frame)
    generator = TabularGenerator(dataset.space.cells, 6, 16, 1, 0.5)
    x = rows_of(dataset, 500)
    told = some_columns(generator.owners, 3, 0.5, batch_of(x))
    row, which = told.split([dataset.space.size, 3], 1)
    where = which[:, generator.owners] > 0
    assert torch.equal(row[where], x[where]) and not row[~where].any()
    share = (which.sum(1) > 0).float().mean()
    assert 0.3 < share < 0.5, "half of the rows are told something, unless chance says nothing of all columns"
    assert {0, 1, 2, 3} == set(which.sum(1).int().tolist()), "from nothing to everything"
    latents = Chances.beside(6, generator.cells.count).latents(range(500))
    for mode in (generator.train(), generator.eval()):
        made = mode(latents, told)
        assert torch.equal(made[where], x[where])
    free = generator.eval()(latents, None)
    assert torch.equal(free, generator(latents, torch.zeros_like(told))), "told nothing is not told"


def test_before_anything_is_learned_choices_come_as_often_as_in_the_data(frame: pd.DataFrame) -> None:
    dataset = open_dataset(frame)
    torch.manual_seed(0)
    game = tabular(Tabular(), dataset.space)
    generator = game.players["generator"].module.eval()
    for layer in generator.out.parameters():
        if layer.dim() == 2:
            nn.init.zeros_(layer)
    rows = generator(game.prior.latents(range(4000)), None).detach()
    real = rows_of(dataset, 600)
    apart = dataset.codec.lacks(real, rows)["choices_apart"]
    assert apart < 0.05


def test_an_autoencoders_surprise_is_that_of_each_entry(dataset: Any) -> None:
    network = TableAutoencoder(dataset.space.cells, 4, 8, 1)
    x = rows_of(dataset, 30)
    answers = torch.randn(30, dataset.space.size, generator=torch.Generator().manual_seed(0))
    total, start, number = torch.zeros(30), 0, 0
    for cell in dataset.space.cells:
        part = slice(start + cell.number, start + cell.width)
        total += nn.functional.cross_entropy(answers[:, part], x[:, part].argmax(1), reduction="none")
        if cell.number:
            gates = torch.tensor([float(g) for g in cell.gated or [True] * cell.choices])
            normal = torch.distributions.Normal(answers[:, start].tanh(), network.deviations[number])
            constant = 0.5 * math.log(2 * math.pi)
            total += (-normal.log_prob(x[:, start]) - constant) * (x[:, part] @ gates)
            number += 1
        start += cell.width
    torch.testing.assert_close(network.surprise(x, answers), total)


def test_chances_are_those_of_the_documented_streams() -> None:
    prior = Chances.beside(3, 2)
    seeds = [5, 1023, 1024, 7, (5, 1)]
    together = torch.cat([prior.latents(seeds[:4]), prior.latents(seeds[4:])])
    first, second = (np.random.RandomState(block).random_sample((1024, 5)) for block in (0, 1))
    uniform = np.stack([first[5], first[1023], second[0], first[7], np.random.RandomState((5, 1)).random_sample(5)])
    np.testing.assert_allclose(together[:, 3:], uniform[:, 3:], rtol=1e-6)
    np.testing.assert_allclose(together[:, :3], scipy.stats.norm.ppf(uniform[:, :3]), rtol=1e-4, atol=1e-5)
    for row, seed in zip(together, seeds, strict=True):
        assert torch.equal(prior.latents([seed])[0], row), "the same one by one and together"
    many = prior.latents(range(4000))
    assert abs(float(many[:, :3].mean())) < 0.03 and abs(float(many[:, :3].std()) - 1) < 0.03
    assert 0 <= float(many[:, 3:].min()) and float(many[:, 3:].max()) < 1 and many.isfinite().all()


@pytest.mark.slow
@pytest.mark.parametrize("recipe", ["ctgan", "tabular", "tvae"])
def test_rows_become_like_the_table(recipe: str, frame: pd.DataFrame, tmp_path: Path) -> None:
    """After a minute at most the shares of categories are near, and a size that follows from a colour does follow."""
    samples = {"ctgan": 300_000, "tabular": 150_000, "tvae": 300_000}[recipe]
    model = zerosum.fit(frame, recipe=recipe, samples=samples, batch=100, out=tmp_path, options={"hold_out": False})
    made = model.sample(3000)
    assert list(made.columns) == list(frame.columns) and made["weight"].dtype == frame["weight"].dtype
    shares = made["colour"].value_counts(normalize=True)
    assert abs(shares["red"] - 0.9) < 0.1 and set(shares.index) <= {"red", "green", "blue"}
    assert abs(made["weight"].isna().mean() - 0.1) < 0.06
    red = made[made["colour"] == "red"]
    assert (red["size"] == "small").mean() > 0.9
    others = made[made["colour"] != "red"]
    assert (others["size"] == "small").mean() < (red["size"] == "small").mean()


def test_rows_are_the_same_in_any_company_and_as_asked(frame: pd.DataFrame, tmp_path: Path) -> None:
    for recipe in ("ctgan", "tabular", "tvae"):
        model = zerosum.fit(frame, recipe=recipe, samples=500, batch=50, out=tmp_path)
        whole = model.sample(50)
        pd.testing.assert_frame_equal(model.sample(seeds=[7, 33]), whole.iloc[[7, 33]].reset_index(drop=True))
        green = model.sample(40, condition="colour = 'green' and weight >= 0")
        assert (green["colour"] == "green").all() and (green["weight"] >= 0).all()
        again = zerosum.load(next(tmp_path.glob(f"*-{recipe}"))).sample(
            40, condition="colour = 'green' and weight >= 0"
        )
        pd.testing.assert_frame_equal(again, green)
        with pytest.raises(zerosum.ZerosumError, match="its values are blue, green, red"):
            model.sample(3, condition="colour = 'pink'")


def test_rules_hold_in_every_row(frame: pd.DataFrame, tmp_path: Path) -> None:
    rules = ("colour != 'red' or size = 'small'", "fixed(colour, size)", "weight <= 9")
    model = zerosum.fit(frame, samples=500, batch=50, out=tmp_path, options={"rule": rules})
    made = model.sample(300)
    assert ((made["colour"] != "red") | (made["size"] == "small")).all() and not (made["weight"] > 9).any()
    assert model.tries > 300, "some were rejected"
    with pytest.raises(zerosum.ZerosumError, match="break the rule"):
        zerosum.fit(frame, samples=500, out=tmp_path, options={"rule": ("weight > 0",)})
