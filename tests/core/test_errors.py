"""Errors travel between processes: what arrives must be what was sent."""

import pickle
from pathlib import Path

import pytest

from zerosum.core.errors import DataError, SettingError, TrainingError, ZerosumError
from zerosum.health.finding import Finding
from zerosum.train.engine import NotFinite
from zerosum.train.folder import RunFolder
from zerosum.train.session import Interrupted, Stopped

FOLDER = RunFolder(Path("runs/00000-ring-r3gan"))
FINDING = Finding("mode-collapse", "alarm", "All the same.", "Below 0.2.", ("Try this.",))


@pytest.mark.parametrize(
    "error",
    [
        SettingError("a"),
        TrainingError("b"),
        DataError("c"),
        NotFinite("The loss of the critic is", 100, 64),
        Interrupted(15, FOLDER, 100),
        Stopped(FINDING, FOLDER, ()),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_the_way_to_another_process(error: ZerosumError) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error) and str(arrived) == str(error)
    assert arrived.exit_code == error.exit_code and vars(arrived) == vars(error)
