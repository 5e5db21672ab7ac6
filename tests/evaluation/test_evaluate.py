"""Evaluations of models and of samples: what is measured, beside what, and under which name."""

import math
from pathlib import Path

import numpy as np
import pytest
from torch import Tensor, nn

import zerosum
from zerosum.core.errors import DataError, SettingError
from zerosum.data import open_dataset
from zerosum.evaluation import METRICS, Evaluation, Measure, evaluate
from zerosum.evaluation.measure import FID_SAMPLES

QUICK = {"features": "random-conv", "count": 200}


def saved(path: Path, images: np.ndarray, labels: np.ndarray | None = None) -> Path:
    np.savez(path, images=images, **({} if labels is None else {"labels": labels}))
    return path


def trained_for_a_moment(data: Path, out: Path) -> Path:
    tiny = {"generator_width": 8, "discriminator_width": 8, "samples": 64, "batch": 16}
    zerosum.fit(data, recipe="light", out=out, name="run", **tiny)  # type: ignore[arg-type]
    return out / "run"


def blurred(images: np.ndarray, times: int) -> np.ndarray:
    x = images.astype(np.float64)
    for _ in range(times):
        for axis in (1, 2):
            x = (np.roll(x, 1, axis) + 2 * x + np.roll(x, -1, axis)) / 4
    return x.round().astype(np.uint8)


@pytest.fixture(scope="module")
def of_digits(digits_run: Path) -> Evaluation:
    return zerosum.evaluate(digits_run, **QUICK)


def test_every_number_has_a_name_that_says_what_it_depends_on(of_digits: Evaluation) -> None:
    labels = [measure.label for measure in of_digits.measures]
    assert len(set(labels)) == len(labels)
    assert of_digits["fd"].label == "fd[random-conv, n=200]"
    assert of_digits["precision"].label == "precision[random-conv, n=200, k=3]"
    assert all("n=" in label for label in labels)


def test_every_distance_has_a_floor_and_an_interval_around_it(of_digits: Evaluation) -> None:
    for metric in ("fd", "kid", "swd", "precision", "recall", "density", "coverage", "two-sample"):
        measure = of_digits[metric]
        assert measure.floor is not None and math.isfinite(measure.floor)
        assert measure.low is not None and measure.high is not None
        assert measure.low <= measure.value <= measure.high
        assert measure.seconds >= 0


def test_an_untrained_generator_is_far_from_the_data_and_a_verdict_says_so(of_digits: Evaluation) -> None:
    assert of_digits["fd"].excess is not None and of_digits["fd"].excess > 3
    assert of_digits["two-sample"].value > 0.9
    levels = {verdict.about: verdict.level for verdict in of_digits.verdicts}
    assert levels["distance"] != "good" and levels["fidelity and diversity"] == "bad"
    assert of_digits.verdict


def test_a_model_of_classes_is_measured_in_each_of_them(of_digits: Evaluation) -> None:
    assert of_digits["train-on-fake"].value < of_digits["train-on-fake"].floor  # type: ignore[operator]
    (table,) = of_digits.tables
    assert table.title == "Classes" and len(table.rows) == 10


def test_what_does_not_apply_is_left_out_with_its_reason(of_digits: Evaluation) -> None:
    assert "clip" in of_digits.left_out["cmmd"].lower()
    assert "points" in of_digits.left_out["toy"]


def test_points_are_measured_as_points(ring_run: Path) -> None:
    found = evaluate(ring_run, count=500)
    assert {"energy", "modes", "good", "jsd", "c_t"} <= {measure.metric for measure in found.measures}
    assert found["modes"].floor == 8 and found["good"].floor == pytest.approx(0.99, abs=0.02)
    assert "kid" not in {measure.metric for measure in found.measures}


def test_the_same_evaluation_gives_the_same_numbers(digits_run: Path, of_digits: Evaluation) -> None:
    again = evaluate(digits_run, **QUICK)
    first, second = ([(m.label, m.value, m.low, m.floor) for m in found.measures] for found in (of_digits, again))
    assert first == second


def test_real_samples_in_place_of_generated_ones_sit_at_the_floor(
    digits: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    images, _ = digits
    found = evaluate(saved(tmp_path / "a.npz", images[:1500]), saved(tmp_path / "b.npz", images[1500:5000]), **QUICK)
    for metric in ("fd", "swd"):
        assert found[metric].value == pytest.approx(found[metric].floor, rel=0.25)
    assert abs(found["kid"].value) < 4 * found["kid"].error  # type: ignore[operator]
    for metric in ("precision", "recall", "coverage"):
        assert found[metric].value == pytest.approx(found[metric].floor, abs=0.12)
    assert {verdict.level for verdict in found.verdicts} == {"good"}


def test_blur_raises_distances_step_by_step(digits: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    images, _ = digits
    real = saved(tmp_path / "real.npz", images[2000:6000])
    values = {metric: [] for metric in ("fd", "kid", "swd")}
    sharp = []
    for times in (0, 1, 2, 4):
        fake = saved(tmp_path / f"{times}.npz", blurred(images[:1000], times))
        found = evaluate(fake, real, metrics=["fd", "kid", "swd", "artefacts"], **QUICK)
        for metric, series in values.items():
            series.append(found[metric].value)
        sharp.append(found["sharpness"].value)
    assert all(np.all(np.diff(series) > 0) for series in values.values())
    assert np.all(np.diff(sharp) < 0)


def test_missing_classes_cost_recall_and_not_precision(digits: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    images, labels = digits
    real = saved(tmp_path / "real.npz", images[4000:])
    fake = saved(tmp_path / "fake.npz", images[:4000][labels[:4000] == 1])
    found = evaluate(fake, real, metrics=["manifold"], **QUICK)
    assert found["recall"].value < 0.7 * found["recall"].floor  # type: ignore[operator]
    assert found["precision"].value > found["precision"].floor - 0.15  # type: ignore[operator]
    (verdict,) = found.verdicts
    assert verdict.text.startswith("Sharp but narrow")


def test_a_model_that_copies_is_found_out(digits_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = open_dataset("digits")
    copied = data.rows[data.training[np.random.RandomState(3).permutation(len(data.training))]]
    monkeypatch.setattr(zerosum.Model, "numbered", lambda self, seeds: copied[np.asarray(seeds)])
    found = evaluate(digits_run, metrics=["copying"], **QUICK)
    assert found["c_t"].value < -3
    assert found["authenticity"].value < 0.05
    (verdict,) = found.verdicts
    assert verdict.level == "bad" and "copies" in verdict.text and verdict.blind
    assert [figure.name for figure in found.figures] == ["samples", "reals", "neighbours"]


def test_training_data_under_another_name_are_not_taken_for_held_out_samples(
    digits: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    images, _ = digits
    first, copy = saved(tmp_path / "first.npz", images[:400]), saved(tmp_path / "copy.npz", images[:400])
    run = trained_for_a_moment(first, tmp_path)
    found = evaluate(run, copy, features="random-conv", count=100)
    assert "c_t" in {measure.metric for measure in found.measures}
    held = int(found["c_t"].settings.removeprefix("held out="))
    assert held <= 32  # those that the run kept out of training, and no others


def points(path: Path, scale: float, seed: int, count: int = 1000) -> Path:
    np.save(path, (scale * np.random.RandomState(seed).randn(count, 2)).astype(np.float32))
    return path


def test_points_are_measured_in_units_of_the_real_ones_whoever_was_measured_before(tmp_path: Path) -> None:
    real = points(tmp_path / "real.npy", 1.0, 0, 2000)
    wide, right = points(tmp_path / "wide.npy", 3.0, 1), points(tmp_path / "right.npy", 1.0, 2)
    values = [evaluate(fake, real, metrics="fd", count=500)["fd"].value for fake in (right, wide, right)]
    assert values[0] == values[2] < 0.1 and values[1] > 1


def test_a_single_runaway_point_does_not_hide_in_its_own_units(tmp_path: Path) -> None:
    real = points(tmp_path / "real.npy", 1.0, 0, 2000)
    fake = np.load(points(tmp_path / "fake.npy", 1.0, 1))
    fake[7, 0] = 1e6
    np.save(tmp_path / "fake.npy", fake)
    assert evaluate(tmp_path / "fake.npy", real, metrics="fd", count=1000)["fd"].value > 1000


def test_files_that_are_sorted_by_class_are_measured_in_random_order(
    digits: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    images, labels = digits
    order = np.argsort(labels[:1000], kind="stable")
    fake = saved(tmp_path / "sorted.npz", images[:1000][order])
    found = evaluate(fake, saved(tmp_path / "real.npz", images[1000:4000]), metrics="kid,artefacts", **QUICK)
    assert found["kid"].low < 0.05 and found["kid"].error < 0.2  # type: ignore[operator]
    assert found["spectrum"].value < 3 * found["spectrum"].floor  # type: ignore[operator]


def test_floors_are_between_samples_that_are_not_the_same(
    digits: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    images, _ = digits
    first, both = saved(tmp_path / "first.npz", images[:600]), saved(tmp_path / "both.npz", images[:1200])
    run = trained_for_a_moment(first, tmp_path)
    found = evaluate(run, both, metrics="fd,manifold", features="random-conv", count=500)
    apart = evaluate(saved(tmp_path / "a.npz", images[:500]), saved(tmp_path / "b.npz", images[2000:3000]), **QUICK)
    assert found["fd"].floor > apart["fd"].floor / 5  # type: ignore[operator]
    assert found["coverage"].floor < 1  # type: ignore[operator]


def test_points_of_ones_own_in_a_file_called_ring_are_no_toy(tmp_path: Path) -> None:
    found = evaluate(points(tmp_path / "a.npy", 1.0, 0), points(tmp_path / "ring.npy", 1.0, 1), count=300)
    assert "modes" not in {measure.metric for measure in found.measures}


def test_a_metric_can_be_asked_for_by_what_it_gives(digits_run: Path) -> None:
    found = evaluate(digits_run, metrics="precision", **QUICK)
    assert [measure.metric for measure in found.measures] == ["precision", "recall", "density", "coverage"]


def test_a_module_of_ones_own_measures_in_its_features(digits_run: Path) -> None:
    class Mean(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.mean((2, 3)).repeat(1, 2)

    found = evaluate(digits_run, metrics=["fd"], features=Mean(), count=100)
    assert "Mean" in found["fd"].within and found["fd"].value >= 0


def test_features_that_are_not_finite_are_an_error_that_names_a_sample(digits_run: Path) -> None:
    class Broken(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.mean((2, 3)) / x.mean((2, 3)).mul(0)

    with pytest.raises(DataError, match="not finite, first of sample 0"):
        evaluate(digits_run, metrics=["fd"], features=Broken(), count=100)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"metrics": ["fid"]}, 'no metric "fid"'),
        ({"metrics": ["toy"]}, "Toy does not apply: it is for points.*Metrics that do apply: fd, kid"),
        ({"metrics": ["cmmd"]}, "give --features clip"),
        ({"count": 0}, "must be at least 1"),
        ({"count": 5}, "takes at least 12"),
        ({"features": "fvd"}, 'no features "fvd"'),
    ],
)
def test_what_cannot_be_measured_is_refused_with_what_can(digits_run: Path, asked: dict, sentence: str) -> None:
    with pytest.raises(SettingError, match=f"(?s){sentence}"):
        evaluate(digits_run, **(QUICK | asked))


def test_samples_of_another_kind_or_shape_are_refused(ring_run: Path, digits_run: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="of the kind image and ring holds points"):
        evaluate(digits_run, "ring", **QUICK)
    np.save(tmp_path / "three.npy", np.random.RandomState(0).randn(100, 3).astype(np.float32))
    with pytest.raises(DataError, match="of shape .2,. and .* of shape .3,."):
        evaluate(ring_run, tmp_path / "three.npy", count=20)


def test_a_model_without_a_run_needs_real_samples(digits_run: Path, tmp_path: Path) -> None:
    model = zerosum.load(digits_run)
    with pytest.raises(DataError, match="not known what light was trained on"):
        evaluate(model, **QUICK)
    found = evaluate(model, "digits", metrics=["fd", "manifold"], **QUICK)
    assert found["fd"].value > 0
    with pytest.raises(DataError, match="no model and there are no samples"):
        evaluate(tmp_path / "nothing", "digits")


def test_likelihood_takes_validation_samples_of_ones_own(digits: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    images, _ = digits
    fake, real = saved(tmp_path / "fake.npz", images[:500]), saved(tmp_path / "real.npz", images[500:2500])
    validation = saved(tmp_path / "validation.npz", images[2500:3000])
    found = evaluate(fake, real, metrics=["likelihood"], validation=validation, **QUICK)["parzen"]
    assert found.settings == "tested=200" and "sigma 0." in found.title
    assert found.error is not None and found.low == pytest.approx(found.value - 1.96 * found.error)


def test_only_inception_at_fifty_thousand_samples_is_called_fid() -> None:
    def label(within: str, n: int) -> str:
        return Measure(metric="fd", title="", within=within, n=n, value=1.0).label

    assert label("inception", FID_SAMPLES) == "FID"
    assert label("inception", 10_000) == "fd[inception, n=10000]"
    assert "FID" not in label("efficientnet-lite0", FID_SAMPLES)


def test_measures_of_different_names_are_not_compared() -> None:
    one = Measure(metric="fd", title="", within="pixels", n=10, value=1.0)
    other = Measure(metric="fd", title="", within="pixels", n=20, value=2.0)
    with pytest.raises(SettingError, match="different measures"):
        one.better_than(other)
    same = Measure(metric="fd", title="", within="pixels", n=10, value=2.0)
    assert one.better_than(same) and not same.better_than(one)
    at_floor = Measure(metric="two-sample", title="", n=10, value=0.51, floor=0.5, better="floor")
    below = Measure(metric="two-sample", title="", n=10, value=0.3, floor=0.5, better="floor")
    assert at_floor.better_than(below)


def test_metrics_have_names_of_their_own_and_say_what_they_are() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert all(metric.summary for metric in METRICS)
