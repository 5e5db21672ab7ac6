"""Whose rows generated ones are: copies, distances to training rows, and whether these can be told from others.

Everything is said beside rows of the same table that were not trained on: they have twins and near neighbours among
training rows by chance, and what they have is nobody's secret.
"""

import math
import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.measure import Found, Level, Measure, Verdict
from zerosum.evaluation.tables.rows import KINDS, columns_of, no_table, numbers_of
from zerosum.metrics.bootstrap import Estimate, estimate, mean_estimate
from zerosum.metrics.separation import area_estimate
from zerosum.metrics.tables.nearness import Ranks
from zerosum.metrics.tables.repeats import found_among, found_once

MOST_LOOKED_AT = 10_000
"""Rows of each sort whose closest ones are looked for."""

CLOSE = 0.05
"""Share of held-out rows that are called close to a training row: the closest ones."""

COPIES, MANY_COPIES = 0.005, 0.05
"""Share of generated rows that copy a training row, beyond that of held-out rows, from which it is said, and bad."""

NEAR, VERY_NEAR = 0.05, 0.2
"""The same for generated rows that are closer to a training row than the closest held-out ones."""

ATTACKED, ATTACKED_WELL = 0.55, 0.6
"""Areas from which an attack is said to tell training rows from others, and well."""

RARE, MANY_RARE = 0.02, 0.1
"""The same as for copies, for combinations of levels that one training row alone had."""

SIGMAS = 3.0
"""Standard errors that a share must also be beyond what chance gives."""

TIMES = 200
"""Of the bootstrap of a ratio of quantiles."""

BLIND = (
    "Not seen: secrets in single columns, a few copies among many honest rows, and what an attacker could do who knows "
    "the model. This is a test and no proof: only differential privacy would be one."
)


@dataclass(frozen=True)
class Ways:
    """Rows of a comparison in each role, (n, k) each, in random order.

    Attributes:
        fake: Generated ones.
        trained: Those that were trained on.
        held_out: Those that were not.
        numbers: Which columns are numbers, (k,).
    """

    fake: np.ndarray
    trained: np.ndarray
    held_out: np.ndarray
    numbers: np.ndarray

    @cached_property
    def to_training(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances of generated and of held-out rows to the closest training row, (n,) and (h,)."""
        fake, trained, held_out = self._places
        return self._ranks.closest(fake, trained), self._ranks.closest(held_out, trained)

    @cached_property
    def to_generated(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances of training and of held-out rows to the closest generated row, (t,) and (h,)."""
        fake, trained, held_out = self._places
        return self._ranks.closest(trained[:MOST_LOOKED_AT], fake), self._ranks.closest(held_out, fake)

    @property
    def chosen(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Generated, training and held-out rows, choices alone."""
        fake, trained, held_out = (rows[:, ~self.numbers] for rows in (self.fake, self.trained, self.held_out))
        return fake, trained, held_out

    @cached_property
    def _ranks(self) -> Ranks:
        return Ranks(self.trained, self.numbers)

    @cached_property
    def _places(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        fake, trained, held_out = (self._ranks.places(rows) for rows in (self.fake, self.trained, self.held_out))
        return fake, trained, held_out


@dataclass(frozen=True)
class Alarm:
    """What speaks for a leak.

    Attributes:
        level: How bad it is.
        text: What was found.
    """

    level: Level
    text: str


def _privacy(comparison: Comparison) -> Found:
    trained, held_out = comparison.sides.trained, comparison.sides.held_out
    assert trained is not None and held_out is not None, "the metric refuses without them"
    fake, held = (rows[:MOST_LOOKED_AT] for rows in (comparison.fake.rows, held_out.rows))
    ways = Ways(fake, trained.rows, held, numbers_of(columns_of(comparison)))
    settings = f"held out={len(held)}"
    measures, alarms = [], []
    for find in (_copies, _distances, _attack, _rare):
        begin = time.perf_counter()
        found, reasons = find(ways, {"n": len(fake), "settings": settings})
        seconds = (time.perf_counter() - begin) / max(1, len(found))
        measures += [Measure.of(one, seconds=seconds, **described) for one, described in found]
        alarms += reasons
    return Found(measures, [_verdict(measures, alarms)])


def _copies(ways: Ways, common: dict) -> tuple[list, list[Alarm]]:
    """Generated rows that are training rows, beside held-out rows that are."""
    copied, usually = (found_among(rows, ways.trained) for rows in (ways.fake, ways.held_out))
    title = "share of generated rows that are training rows; held-out rows are by chance"
    alarm = _beyond(copied, usually, COPIES, MANY_COPIES, "of generated rows are training rows")
    return [(_share(copied), {"metric": "copies", "title": title, "floor": float(usually.mean()), **common})], alarm


def _distances(ways: Ways, common: dict) -> tuple[list, list[Alarm]]:
    """How far generated rows are from training rows, beside held-out ones."""
    fake, held = ways.to_training
    near = float(np.quantile(held, CLOSE))
    nearer, usually = fake < near, held < near
    found = [
        (
            _ratio(fake, held, share),
            {
                "metric": metric,
                "title": f"{what} distance of generated rows to the closest training row, over that of held-out rows",
                "floor": 1.0,
                "better": "floor",
                **common,
            },
        )
        for metric, what, share in (("dcr", "median", 0.5), ("dcr-close", "5th percentile of the", CLOSE))
    ]
    title = f"share of generated rows closer to a training row than the closest {CLOSE:.0%} of held-out rows"
    described = {"metric": "closer", "title": title, "floor": float(usually.mean()), **common}
    alarm = _beyond(
        nearer, usually, NEAR, VERY_NEAR, "of generated rows are closer to a training row than new rows are"
    )
    return [*found, (_share(nearer), described)], alarm


def _attack(ways: Ways, common: dict) -> tuple[list, list[Alarm]]:
    """Whether the distance to the closest generated row tells training rows from held-out ones (Chen et al. 2020)."""
    members, others = (torch.from_numpy(-distances) for distances in ways.to_generated)
    found = area_estimate([(members, others)])
    title = "area under the curve of a membership attack by the distance to the closest generated row"
    described = {"metric": "membership", "title": title, "floor": 0.5, "better": "floor", **common}
    alarm = []
    if found.value >= ATTACKED and not found.low <= 0.5:
        level: Level = "bad" if found.value >= ATTACKED_WELL else "note"
        alarm = [Alarm(level, f"an attack tells training rows from new ones (area under the curve {found.value:.2f})")]
    return [(found, described)], alarm


def _rare(ways: Ways, common: dict) -> tuple[list, list[Alarm]]:
    """Generated rows with levels that together one training row alone has, beside new rows that have them.

    One half of the held-out rows says which combinations others have too, and the other half what chance gives.
    """
    fake, trained, held_out = ways.chosen
    if fake.shape[1] < 2 or len(held_out) < 2:
        return [], []
    known, new = held_out[::2], held_out[1::2]
    again, usually = (found_once(rows, trained, known) for rows in (fake, new))
    title = "share of generated rows whose combination of levels one training row alone has; held-out rows by chance"
    alarm = _beyond(again, usually, RARE, MANY_RARE, "of generated rows repeat levels that one training row alone had")
    return [(_share(again), {"metric": "rare", "title": title, "floor": float(usually.mean()), **common})], alarm


def _share(found: np.ndarray) -> Estimate:
    return mean_estimate(torch.from_numpy(found.astype(np.float64)))


def _ratio(fake: np.ndarray, held: np.ndarray, share: float) -> Estimate:
    """A quantile over that of held-out rows; 1 where that is 0, since nothing is closer than a twin."""
    generator = np.random.Generator(np.random.PCG64(0))

    def ratio(some: np.ndarray, others: np.ndarray) -> float:
        usual = float(np.quantile(others, share))
        return float(np.quantile(some, share)) / usual if usual > 0 else 1.0

    def drawn(distances: np.ndarray) -> np.ndarray:
        return distances[generator.integers(len(distances), size=len(distances))]

    repetitions = [ratio(drawn(fake), drawn(held)) for _ in range(TIMES)]
    return estimate(ratio(fake, held), torch.tensor(repetitions, dtype=torch.float64))


def _beyond(found: np.ndarray, usual: np.ndarray, some: float, many: float, what: str) -> list[Alarm]:
    """An alarm where a share is larger than that of held-out rows, by more than chance and enough to matter."""
    share, floor = float(found.mean()), float(usual.mean())
    pooled = float(np.concatenate([found, usual]).mean())
    error = math.sqrt(pooled * (1 - pooled) * (1 / len(found) + 1 / len(usual)))
    if share - floor <= max(some, SIGMAS * error):
        return []
    return [Alarm("bad" if share - floor > many else "note", f"{share:.1%} {what} ({floor:.1%} of new ones)")]


def _verdict(measures: list[Measure], alarms: list[Alarm]) -> Verdict:
    if alarms:
        level: Level = "bad" if any(alarm.level == "bad" for alarm in alarms) else "note"
        return Verdict("privacy", level, f"Privacy: {'; '.join(alarm.text for alarm in alarms)}.", BLIND)
    said = {measure.metric: measure for measure in measures}
    copies, distance, attack = (said[metric] for metric in ("copies", "dcr", "membership"))
    numbers = (
        f"{copies.value:.1%} of rows are training rows, as {copies.floor:.1%} of new ones are; distances to training "
        f"rows {distance.value:.2f} times those of new ones; membership attack {attack.value:.2f}, where 0.5 is none"
    )
    return Verdict("privacy", "good", f"No privacy alarm: {numbers}.", BLIND)


def _needs_training_rows(comparison: Comparison) -> str | None:
    refused = no_table(comparison)
    if refused:
        return refused
    measured = "so distances to training rows, copies and attacks cannot be measured"
    if comparison.sides.trained is None:
        return f"it is not known what {comparison.subject.name} was trained on, {measured}"
    if comparison.sides.held_out is None:
        return f"no rows were held out of training to compare with, {measured}; give rows that it never saw as DATA"
    return None


METRICS = (
    Metric(
        "privacy",
        "copies, distances to training rows, membership attack, rare combinations",
        _needs_training_rows,
        _privacy,
        gives=("copies", "dcr", "dcr-close", "closer", "membership", "rare"),
        usual=KINDS,
    ),
)
