"""Charts and report of a run, from events made by hand."""

import base64
import io
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from zerosum.core.errors import DataError
from zerosum.drawing.charts import draw_charts
from zerosum.drawing.page import Table, png
from zerosum.health.charts import READING, calm, finding_marks, numbered, run_charts
from zerosum.health.finding import Finding
from zerosum.health.report import report, with_heading
from zerosum.health.summary import HEALTHY, standing, verdict
from zerosum.health.timeline import Timeline
from zerosum.health.weights import singular, spectra

VOID = {"meta", "img", "br", "link", "input", "hr"}
NASTY = "<script>alert(\"x\")</script> & 'cats'"


class Page(HTMLParser):
    """Reads a page, and checks that what is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words += data


def events(count: int = 40, **values: float) -> list[dict]:
    found: list[dict] = [{"event": "start", "samples": 0, "seconds": 0.0, "batch": 64, "planned_samples": 64 * count}]
    for number in range(1, count + 1):
        when = {"samples": 64 * number, "seconds": float(number)}
        scalars = {
            "discriminator/accuracy_real": 0.5,
            "discriminator/accuracy_fake": 0.6,
            "discriminator/gap": 1.0,
            "discriminator/spread": 2.0,
            "discriminator/adversarial": 0.7,
            "generator/adversarial": 0.8,
            "discriminator/gradient_norm": 2.0,
            "generator/gradient_norm": 1.0,
        }
        found.append({"event": "progress", **when, **scalars})
        probe = {"quality": 1 / number, "fresh_accuracy": 0.6, "precision": 0.8, "recall": 0.7, "coverage": 0.9}
        found.append({"event": "probe", **when, **(probe | {"drift": 0.1, "variety": 1.0} | values)})
    return found


def finding(failure: str, level="warn", samples: int = 640) -> Finding:
    return Finding(failure, level, f"What {failure} is.", f"Numbers < 3 & > 2 of {failure}.", ("Do <this>.",), samples)


def html(findings=(), **values) -> str:
    charts = run_charts(Timeline(events()), numbered(findings))
    return report("run", [("data", "ring")], "The verdict.", findings, charts, **values)


def test_only_charts_with_data_are_there():
    titles = [chart.title for chart in run_charts(Timeline(events()))]
    assert "Distance to real samples" in titles and "Losses" in titles
    assert not {"Lattice", "Overfitting", "Copies", "The generator's push"} & set(titles)
    assert "Lattice" in [chart.title for chart in run_charts(Timeline(events(lattice=2.0)))]
    assert set(titles) <= READING.keys()
    assert run_charts(Timeline()) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0, 0.0, 1e30])
def test_absurd_numbers_can_be_drawn(value):
    names = ("quality", "drift", "variety", "overfitting", "copies", "lattice", "recall", "fresh_accuracy")
    many = events(**dict.fromkeys(names, value))
    for event in many:
        if event["event"] == "progress":
            event |= {name: value for name in event if "/" in name}
    timeline = Timeline(many)
    charts = run_charts(timeline)
    assert draw_charts(charts).height >= 60
    report("run", [], verdict(timeline, [], ()), [], charts)
    standing(timeline)


def test_the_best_look_and_the_findings_are_marked():
    found = {1: finding("a", "alarm", 640), 2: finding("b", "note", 640), 3: finding("c", samples=0)}
    quality = run_charts(Timeline(events()), found)[0]
    assert [(mark.x, mark.label) for mark in quality.marks] == [(640, "1,2"), (64 * 40, "best")]
    assert finding_marks({3: found[3]}) == []


def test_chance_is_two_standard_deviations_of_a_batch():
    chart = next(chart for chart in run_charts(Timeline(events())) if chart.title == "Discriminator: judged right")
    heads = np.random.default_rng(0).binomial(64, 0.5, 20_000) / 64
    (band,) = chart.bands
    assert band.high - 0.5 == pytest.approx(2 * heads.std(), rel=0.02)


def test_smoothing_is_calm_and_keeps_spikes():
    x = np.arange(5000)
    y = np.random.default_rng(0).normal(1, 0.1, 5000)
    y[3000] = 50
    places, values = calm(x, y)
    assert len(places) < 1000 and values.max() == 50 and places[values.argmax()] == 3000
    assert np.delete(values, values.argmax()).std() < 0.04
    alternating = np.where(x % 2 == 0, 1.0, 100.0)
    assert np.ptp(calm(x, alternating, logarithmic=True)[1]) < 1e-6
    assert calm(x, np.full(5000, np.nan))[1].size == 0
    assert np.array_equal(calm(x[:100], y[:100])[1], y[:100])


def test_the_report_is_whole_and_needs_nothing_else():
    found = [finding("mode-collapse", "alarm"), finding("plateau", "note")]
    sheet = png(Image.new("L", (4, 4)))
    tables = [Table("Weights", "Text.", ("layer",), [("first",)]), Table("Empty", "", ("x",), [])]
    text = html(found, sheets=[("First", sheet), ("Real samples", sheet)], tables=tables, gone={"plateau"})
    page = Page(text)
    cards = ["1. ALARM", "mode-collapse", "Numbers < 3 & > 2 of mode-collapse.", "2. NOTE", "What plateau is."]
    for word in ["The verdict.", *cards, "Do <this>.", "at 640 samples", "not found at the latest look", "first"]:
        assert word in page.words
    assert "Empty" not in page.words
    names = [name for name, _ in page.tags]
    assert "script" not in names and "link" not in names and names.count("h1") == 1
    assert not re.search(r"(src|href)=\"(?!data:image/png;base64,)|url\(|@import|http:|https:", text)
    images = [values for name, values in page.tags if name == "img"]
    assert len(images) == 3 and all(values["alt"] for values in images)
    for values in images:
        data = base64.b64decode(values["src"].removeprefix("data:image/png;base64,"), validate=True)
        with Image.open(io.BytesIO(data)) as image:
            image.load()


def test_everything_is_escaped():
    found = [Finding(NASTY, "alarm", NASTY, NASTY, (NASTY,), 5)]
    charts = run_charts(Timeline(events()), numbered(found))
    sheet = png(Image.new("L", (4, 4)))
    table = Table(NASTY, NASTY, (NASTY,), [(NASTY,)])
    text = report(NASTY, [(NASTY, NASTY)], NASTY, found, charts, [(NASTY, sheet)], [table])
    assert "<script" not in text and NASTY in Page(text).words
    with_heading(draw_charts(charts), NASTY, NASTY, found)


def test_nothing_measured_yet():
    timeline = Timeline(events(0))
    assert "too early" in verdict(timeline, [], ())
    assert "Nothing was measured yet" in Page(report("run", [], "v", [], run_charts(timeline))).words
    assert standing(timeline) == []


def test_verdicts_say_no_more_than_is_known():
    timeline = Timeline(events())
    assert verdict(timeline, [], ()) == HEALTHY
    found = [finding("a", "alarm"), finding("b", "alarm"), finding("c")]
    assert verdict(timeline, found, {"b"}) == "2 alarms and 1 warning. First of all: What b is."
    gone = verdict(timeline, found, {"c"})
    assert "does not find any more: What a is." in gone and gone.endswith("Still there: What c is.")
    assert verdict(timeline, found[:1], ()) == "1 alarm, which the latest look does not find any more: What a is."


def test_the_heading_stands_above_the_charts():
    drawn = draw_charts(run_charts(Timeline(events())))
    sheet = with_heading(drawn, "run", "The verdict. " * 40, [finding("a"), finding("b")])
    assert sheet.width == drawn.width and sheet.height > drawn.height + 100
    assert np.array_equal(np.asarray(sheet)[-drawn.height :], np.asarray(drawn))


def test_standing_is_plain_json():
    rows = {reading.name: reading.value for reading in standing(Timeline(events()))}
    assert rows["smallest distance so far"] == "0.025" and rows["judged right, fake"] == "60%"
    json.dumps(rows, allow_nan=False)


@pytest.mark.parametrize("shape", [(8, 3, 3, 3), (300, 700), (1, 50), (600, 300)])
def test_singular_values_are_those_of_the_whole_decomposition(shape):
    generator = torch.Generator().manual_seed(1)
    weight = torch.randn(shape, generator=generator)
    # Trained weights have leading directions, which iteration relies on.
    weight.flatten(1).add_(3 * torch.outer(torch.ones(shape[0]), torch.ones(weight[0].numel())))
    exact = torch.linalg.svdvals(weight.flatten(1))
    assert singular(weight)[0] == pytest.approx(float(exact[0]), rel=1e-3)
    assert singular(weight) == pytest.approx(exact[:3].tolist(), rel=0.05)
    assert singular(torch.full(shape, torch.nan)) == ()


def test_spectra_are_of_each_players_largest_layers(tmp_path):
    weights = {f"generator/module/layer{size}.weight": torch.eye(size) * size for size in range(2, 12)}
    weights |= {"discriminator/module/first.weight": torch.ones(2, 3, 1, 1), "generator/average/x": torch.ones(99, 99)}
    weights |= {"discriminator/module/first.bias": torch.ones(500)}
    save_file(weights, tmp_path / "state.safetensors")
    found = spectra(tmp_path / "state.safetensors")
    assert [(one.player, one.layer) for one in found] == [
        ("discriminator", "first"),
        *[("generator", f"layer{size}") for size in (11, 10, 9, 8, 7, 6)],
    ]
    assert found[0].values[0] == pytest.approx(6**0.5) and found[1].values == pytest.approx((11, 11, 11))
    (tmp_path / "bad").write_bytes(b"nothing")
    with pytest.raises(DataError):
        spectra(tmp_path / "bad")
