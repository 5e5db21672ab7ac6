import json

import numpy as np
import pytest

from zerosum.config.base import from_json, to_json
from zerosum.data import open_dataset
from zerosum.health import data as checks
from zerosum.health.data import inspect_data
from zerosum.health.finding import Finding, worst_first

TOYS = ("ring", "grid", "moons", "gaussian", "line", "disjoint")


def pictures(count: int, shape=(8, 8, 3), seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, *shape), dtype=np.uint8)


def points(count: int, coordinates: int = 2, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((count, coordinates)).astype(np.float32)


def found(kind: str, rows: np.ndarray, labels=None, names=(), seed: int = 0) -> list[tuple[str, str]]:
    return [(finding.failure, finding.level) for finding in inspect_data(kind, rows, labels, names, seed)]


def builtin(name: str):
    dataset = open_dataset(name)
    return dataset.space.kind, dataset.rows, dataset.labels, dataset.space.classes


# The built-in sets


@pytest.mark.parametrize("name", [*TOYS, "digits"])
@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_is_wrong_with_the_built_in_sets(name, seed):
    assert found(*builtin(name), seed=seed) == []


def test_the_one_class_of_emoji_that_is_too_small_is_named():
    (finding,) = inspect_data(*builtin("emoji"))
    assert (finding.failure, finding.level) == ("unbalanced", "note")
    assert '"Component" has 5, and the mean class has 191' in finding.evidence
    kind, rows, _, _ = builtin("emoji")
    assert found(kind, rows) == []


# Duplicates


@pytest.mark.parametrize(("copies", "level"), [(20, None), (21, "warn"), (400, "warn"), (401, "alarm")])
def test_repeated_pictures_by_their_share(copies, level):
    rows = pictures(2000)
    rows[-copies:] = rows[:copies]
    assert found("image", rows) == ([("duplicates", level)] if level else [])


def test_repeated_pictures_are_counted_and_an_example_is_named():
    rows = pictures(2000)
    rows[1500:1600] = rows[17]
    (finding,) = inspect_data("image", rows, None, ())
    assert "100 of 2,000 pictures (5 %) repeat another one, e.g. rows 17 and 1,500" in finding.evidence
    assert "1,900 different pictures" in finding.evidence


def test_one_picture_many_times_is_an_alarm():
    (finding,) = inspect_data("image", np.repeat(pictures(1), 3000, axis=0), None, ())
    assert (finding.failure, finding.level) == ("duplicates", "alarm")
    assert "leaves 1 picture." in finding.evidence


def test_pictures_that_differ_in_one_bit_are_not_repeated():
    rows = np.repeat(pictures(1, (16, 16, 1)), 1500, axis=0)
    for row, bits in zip(rows, np.arange(1500), strict=True):
        row[0, :11, 0] ^= (bits >> np.arange(11) & 1).astype(np.uint8)
    (finding,) = inspect_data("image", rows, None, ())
    assert (finding.failure, finding.level) == ("duplicates", "note")  # near-duplicates


def test_pictures_that_were_saved_again_are_worth_a_note():
    kind, rows, _, _ = builtin("digits")
    rows = rows[:2000].copy()
    noise = np.random.default_rng(0).integers(-3, 4, rows[:100].shape)
    rows[1900:] = np.clip(rows[:100].astype(int) + noise, 0, 255)
    (finding,) = inspect_data(kind, rows, None, ())
    assert (finding.failure, finding.level) == ("duplicates", "note")
    assert found(kind, rows[:1930]) == []


def test_textures_with_the_same_average_are_not_near_duplicates():
    weave = np.random.default_rng(0).permuted(np.tile(np.arange(0, 240, 15), (1500, 1)), axis=1)
    tiles = np.stack([weave, weave // 2, weave // 3], axis=-1).reshape(1500, 4, 4, 3).astype(np.uint8)
    rows = np.tile(tiles, (1, 8, 8, 1))
    assert found("image", rows) == []


def test_a_set_that_is_too_large_to_look_at_is_looked_at_in_part():
    rows = np.concatenate([pictures(15_000)] * 2)
    (finding,) = inspect_data("image", rows, None, ())
    assert (finding.failure, finding.level) == ("duplicates", "warn")  # a third of the copies are found in a third
    assert "Looked at 10,000 of 30,000 pictures." in finding.evidence
    first, second = (int(number.replace(",", "")) for number in _example(finding.evidence))
    assert np.array_equal(rows[first], rows[second])


def _example(evidence: str) -> tuple[str, str]:
    first, second = evidence.split("rows ")[1].split(";")[0].split(" and ")
    return first, second


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (points(100_000), []),
        (np.concatenate([points(1000)] * 2), []),  # half of them repeat another one: the boundary
        (np.concatenate([points(1000)] * 2 + [points(1)]), [("duplicates", "warn")]),
        (np.concatenate([points(10)] * 1000), [("duplicates", "warn")]),
        (np.concatenate([points(9)] * 1000), [("duplicates", "alarm")]),
        (points(20_000).round(1), [("duplicates", "note")]),
        (np.random.default_rng(0).integers(0, 100, (20_000, 1)).astype(np.float32), [("duplicates", "note")]),
    ],
)
def test_repeated_points(rows, expected):
    assert found("points", rows) == expected


# Blank pictures, range


@pytest.mark.parametrize(("blank", "level"), [(20, None), (21, "warn"), (400, "warn"), (401, "alarm")])
def test_blank_pictures_by_their_share(blank, level):
    rows = pictures(2000)
    colours = np.random.default_rng(1).integers(0, 248, (blank, 1, 1, 3))
    rows[:blank] = colours + np.random.default_rng(2).integers(0, 8, (blank, 8, 8, 3))  # 8 levels: a range of 7
    assert found("image", rows) == ([("blank", level)] if level else [])


def test_a_small_mark_is_enough_for_a_picture_not_to_be_blank():
    rows = np.full((2000, 64, 64, 1), 250, np.uint8)
    place = np.random.default_rng(0).permutation(64 * 64)[:2000]
    rows.reshape(2000, -1)[np.arange(2000), place] = 0
    assert "blank" not in dict(found("image", rows))


@pytest.mark.parametrize(("span", "narrow"), [(16, False), (15, True)])
def test_pictures_with_a_sliver_of_the_range(span, narrow):
    rows = np.random.default_rng(0).integers(100, 100 + span + 1, (2000, 8, 8, 3)).astype(np.uint8)
    assert found("image", rows) == ([("range", "warn")] if narrow else [])


def test_fractions_that_became_bytes_are_all_blank_and_narrow():
    rows = np.random.default_rng(0).integers(0, 2, (2000, 8, 8, 1)).astype(np.uint8)
    findings = inspect_data("image", rows, None, ())
    assert [(finding.failure, finding.level) for finding in findings] == [("blank", "alarm"), ("range", "warn")]
    assert findings[0].what.startswith("All pictures")


def test_points_that_are_not_finite():
    rows = points(1000)
    rows[7, 1], rows[12, 0] = np.nan, np.inf
    (finding,) = inspect_data("points", rows, None, ())
    assert (finding.failure, finding.level) == ("range", "alarm")
    assert "2 of 1,000 points (0.2 %) hold NaN or infinity, first row 7" in finding.evidence


def test_outliers_are_measured_in_spreads_of_the_others():
    rows = points(1000)
    middle = np.quantile(rows[:, 1], (0.159, 0.841))
    rows[5, 1] = 9_900 * (middle[1] - middle[0]) / 2
    assert found("points", rows) == []
    rows[5, 1] *= 1.03
    (finding,) = inspect_data("points", rows, None, ())
    assert (finding.failure, finding.level) == ("range", "warn")
    assert "row 5 with x2" in finding.evidence


@pytest.mark.parametrize("draw", ["lognormal", "heavy", "sparse"])
def test_heavy_tails_are_no_outliers(draw):
    generator = np.random.default_rng(0)
    rows = {
        "lognormal": lambda: np.exp(2 * generator.standard_normal((50_000, 2))),
        "heavy": lambda: generator.standard_t(3, (50_000, 2)),
        "sparse": lambda: np.where(generator.random((50_000, 2)) < 0.05, generator.random((50_000, 2)) * 1000, 0.0),
    }[draw]()
    assert "range" not in dict(found("points", rows.astype(np.float32)))


def test_constant_coordinates_count_where_nobody_would_see_them():
    rows = points(1000, 3)
    rows[:, 1] = 4.5
    assert found("points", rows) == [("range", "note")]
    assert found("points", rows[:, :2]) == []


# Too few


@pytest.mark.parametrize(("count", "level"), [(1000, None), (999, "warn"), (50, "warn"), (49, "alarm")])
def test_few_pictures(count, level):
    findings = inspect_data("image", pictures(count), None, ())
    assert [(finding.failure, finding.level) for finding in findings] == ([("few", level)] if level else [])
    assert all("--augment ada" in finding.try_this[0] for finding in findings)


@pytest.mark.parametrize(("count", "expected"), [(200, []), (199, [("few", "warn")])])
def test_few_points(count, expected):
    assert found("points", points(count)) == expected


# Classes and labels


@pytest.mark.parametrize(
    ("counts", "small"),
    [
        ((100, 100, 10), False),
        ((100, 100, 9), True),
        ((100, 100, 0), True),
        ((1000, 1000, 34), False),  # the mean is 678, and a twentieth of it 33.9
        ((1000, 1000, 33), True),
    ],
)
def test_small_classes(counts, small):
    labels = np.repeat(np.arange(3), counts)
    findings = inspect_data("points", points(len(labels)), labels, ("cat", "dog", "emu"))
    findings = [finding for finding in findings if finding.failure == "unbalanced"]
    assert len(findings) == small
    assert all('"emu"' in finding.what and finding.level == "note" for finding in findings)


def test_several_small_classes_are_counted():
    labels = np.concatenate([np.zeros(2000, int), np.arange(1, 6)])
    (finding,) = [
        finding
        for finding in inspect_data("points", points(2005), labels, [f"c{index}" for index in range(6)])
        if finding.failure == "unbalanced"
    ]
    assert finding.what.startswith("5 classes") and "2 more classes" in finding.evidence


@pytest.mark.parametrize("name", ["digits", "emoji"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_shuffled_labels_are_an_alarm_and_half_shuffled_ones_are_not(name, seed):
    kind, rows, labels, classes = builtin(name)
    generator = np.random.default_rng(seed)
    assert ("labels", "alarm") in found(kind, rows, generator.permutation(labels), classes, seed)
    half = generator.permutation(len(labels))[::2]
    mixed = labels.copy()
    mixed[half] = generator.permutation(mixed[half])
    assert "labels" not in dict(found(kind, rows, mixed, classes, seed))


def test_labels_that_only_neighbours_know_are_not_shuffled():
    rows = points(4000)
    quadrants = ((rows[:, 0] > 0) ^ (rows[:, 1] > 0)).astype(np.int64)  # equal means
    assert found("points", rows, quadrants, ("same", "different")) == []
    assert found("points", rows, np.random.default_rng(0).permutation(quadrants), "ab") == [("labels", "alarm")]


def test_labels_that_only_the_means_know_are_not_shuffled():
    rows = points(4000, 20)
    labels = np.repeat([0, 1], 2000)
    rows[labels == 1] += 0.06
    assert found("points", rows, labels, "ab") == []


def test_few_samples_of_a_class_tell_nothing_about_labels():
    labels = np.arange(998) % 2
    assert found("points", points(998), labels, "ab") == []
    labels = np.arange(2000) % 25  # 80 of each class
    assert found("points", points(2000), labels, [str(index) for index in range(25)]) == []


def test_labels_of_one_sample_many_times_are_left_alone():
    rows = np.zeros((3000, 8, 8, 1), np.uint8)
    assert "labels" not in dict(found("image", rows, np.arange(3000) % 2, "ab"))


# Odd input, order, form


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        ("image", pictures(0)),
        ("image", pictures(1)),
        ("image", pictures(2)),
        ("image", np.zeros((2, 1, 1, 1), np.uint8)),
        ("image", np.zeros((2, 5, 300, 4), np.uint8)),
        ("points", points(0)),
        ("points", points(1)),
        ("points", points(2)),
        ("points", np.zeros((500, 3), np.float32)),
        ("points", np.zeros((2000, 0), np.float32)),
        ("points", np.full((500, 2), np.nan, np.float32)),
        ("points", points(2000) * np.float32(3e37)),
        ("points", points(2000).astype(np.float64) * 1e307),
        ("text", np.array(["a", "b"])),
    ],
)
@pytest.mark.parametrize("classes", [0, 1, 2])
def test_odd_data_are_never_an_error(kind, rows, classes):
    labels = np.arange(len(rows)) % classes if classes else None
    findings = inspect_data(kind, rows, labels, [f"class {index}" for index in range(classes)])
    assert all("nan" not in finding.what for finding in findings)
    assert findings == inspect_data(kind, rows, labels, [f"class {index}" for index in range(classes)])


def test_two_pictures_are_few_and_nothing_else():
    assert found("image", pictures(2)) == [("few", "alarm")]


def test_labels_with_numbers_that_no_class_has_are_ignored():
    labels = np.arange(3000) % 2
    labels[:2] = -1, 7
    assert found("points", points(3000), labels, "ab", seed=1) == [("labels", "alarm")]


def test_a_read_only_memory_map_is_inspected(tmp_path):
    np.save(tmp_path / "rows.npy", pictures(12_000))
    rows = np.load(tmp_path / "rows.npy", mmap_mode="r")
    assert found("image", rows) == []


def test_the_seed_decides_everything():
    rows = np.concatenate([pictures(15_000)] * 2)
    labels = np.arange(30_000) % 3
    first, again = (inspect_data("image", rows, labels, "abc", seed=4) for _ in range(2))
    assert first == again
    assert inspect_data("image", rows, labels, "abc", seed=5) != first


def test_alarms_come_first_and_findings_are_json():
    rows = pictures(900)
    rows[:300] = 0
    findings = inspect_data("image", rows, None, ())
    assert [finding.level for finding in findings] == ["alarm", "alarm", "warn"]
    for finding in findings:
        assert from_json(Finding, json.loads(json.dumps(to_json(finding)))) == finding
    levels = [Finding("x", level, "", "", ()) for level in ("note", "alarm", "warn")]
    assert [finding.level for finding in worst_first(levels)] == ["alarm", "warn", "note"]


def test_the_evidence_gives_the_thresholds():
    rows = pictures(900)
    rows[:300] = 0
    for finding in inspect_data("image", rows, None, ()):
        assert " is a warning" in finding.evidence and finding.try_this and finding.samples == 0
    assert checks.LOOKED_AT == 10_000
