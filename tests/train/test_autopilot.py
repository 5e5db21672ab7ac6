"""What a run does when the doctor is alarmed: go on, stop, or be treated and go on."""

import dataclasses
import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

import zerosum
import zerosum.train.treatment
import zerosum.train.watch
from zerosum.__main__ import main
from zerosum.api import make_plan, open_for
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import TrainingError
from zerosum.core.events import Event, read_events
from zerosum.health.finding import Finding
from zerosum.health.remedies import REMEDIES, Remedy, with_values
from zerosum.health.timeline import Timeline
from zerosum.train.checkpoint import checkpoints
from zerosum.train.folder import RunFolder
from zerosum.train.session import Interrupted, train
from zerosum.train.treatment import MOST, treatments

TIMING = {"seconds", "samples_per_second", "took"}
HOPELESS = ("--optimizer.rate", "1e-8", "--optimizer.final-rate", "None", "--probe-rounds", "20")
ABSURD = ("--optimizer.rate", "3", "--loss", "wasserstein", "--penalties", "none", "--probe-rounds", "20")


def command(out: Path, samples: int, *more: str) -> list[str]:
    fast = ["--batch", "32", "--device", "cpu", "--log-rounds", "4", "--width", "16", "--blocks", "1"]
    return ["train", "ring", "--out", str(out), "--name", "mine", "--samples", str(samples), *fast, *more]


def events(out: Path, kind: str) -> list[Event]:
    return [event for event in read_events(out / "mine" / "events.jsonl") if event["event"] == kind]


def final_state(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(checkpoints(folder / "checkpoints")[-1] / "state.safetensors")


# ---- stop ---------------------------------------------------------------------------------------------------------


def test_stop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(tmp_path, 32 * 400, *HOPELESS, "--on-alarm", "stop")) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert "no-progress" in line and f"zerosum diagnose {tmp_path / 'mine'}" in line and "--optimizer.rate" in line
    (finding,) = [event for event in events(tmp_path, "finding") if event["level"] == "alarm"]
    assert finding["failure"] == "no-progress" and finding["samples"] < 32 * 200
    newest = checkpoints(tmp_path / "mine" / "checkpoints")[-1]
    assert int(newest.name) == events(tmp_path, "checkpoint")[-1]["samples"] >= finding["samples"]
    assert zerosum.load(tmp_path / "mine").sample(3).shape == (3, 2)
    assert list((tmp_path / "mine" / "samples").glob("*.png"))
    assert not (tmp_path / "mine" / "treatments.json").exists() and not events(tmp_path, "finished")


def test_warn_goes_on_to_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(tmp_path, 32 * 150, *HOPELESS)) == 0
    assert "ALARM" in capsys.readouterr().out
    assert "no-progress" in [event["failure"] for event in events(tmp_path, "finding")]
    assert events(tmp_path, "finished")[0]["samples"] == 32 * 150


def test_fit_raises(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    images = np.repeat(generator.integers(0, 256, (1, 8, 8, 1), dtype=np.uint8), 80, 0)
    small = {"generator_width": 8, "discriminator_width": 8}
    with pytest.raises(TrainingError, match="duplicates: .*zerosum diagnose"):
        zerosum.fit(images, recipe="light", on_alarm="stop", samples=64, batch=8, out=tmp_path, device="cpu", **small)


@pytest.mark.filterwarnings("ignore:invalid value encountered")
@pytest.mark.parametrize("answer", ["warn", "stop"])
def test_what_is_not_finite_ends_the_run_with_the_batch_saved(
    answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command(tmp_path, 3200, "--optimizer.rate", "1e30", "--on-alarm", answer)) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert "not finite" in line and "failed-batch" in line
    (batch,) = (tmp_path / "mine").glob("failed-batch-*.npz")
    with np.load(batch) as saved:
        assert saved["rows"].shape == (32, 2)
    assert [event["failure"] for event in events(tmp_path, "finding")] == ["not-finite"]


# ---- autopilot ----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_autopilot_brings_a_hopeless_run_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(command(tmp_path, 32 * 300, *HOPELESS, "--autopilot"))
    captured = capsys.readouterr()
    assert code in (0, 3) and "AUTOPILOT  no-progress" in captured.out
    folder = RunFolder(tmp_path / "mine")
    done = treatments(folder)
    assert 1 <= len(done) <= MOST and done[0].failure == "no-progress" and done[0].back_to == 0
    told = events(tmp_path, "treated")
    assert [event["remedy"] for event in told] == [treatment.remedy for treatment in done]
    assert "optimizer.rate: 1e-08 -> 0.003" in done[0].changes and told[0]["why"]
    # As asked, whatever was done since.
    assert json.loads(folder.config.read_text())["settings"]["optimizer"]["rate"] == 1e-8
    assert done[0].settings["optimizer"]["rate"] == 3e-3
    aside = RunFolder(folder.set_aside / "0").newest_checkpoint()
    assert aside and (aside / "state.safetensors").exists()
    timeline = Timeline(read_events(folder.events))
    assert timeline.records.samples[0] == 32 and timeline.probes.lowest("quality") < 0.5 * told_quality(folder)


def told_quality(folder: RunFolder) -> float:
    """The distance to the data at the first look of all."""
    return next(event["quality"] for event in read_events(folder.events) if event["event"] == "probe")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_autopilot_on_an_absurd_learning_rate(tmp_path: Path) -> None:
    code = main(command(tmp_path, 32 * 400, *ABSURD, "--autopilot"))
    folder = RunFolder(tmp_path / "mine")
    done = treatments(folder)
    assert code in (0, 3) and 1 <= len(done) <= MOST
    assert len(events(tmp_path, "treated")) == len(done)
    assert done[-1].settings != json.loads(folder.config.read_text())["settings"]
    if code == 0:
        assert int(checkpoints(folder.checkpoints)[-1].name) == 32 * 400


def test_it_is_given_up_when_nothing_helps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    useless = tuple(Remedy(f"clip {value}", with_values(gradient_clip=value)) for value in (5.0, 6.0))
    monkeypatch.setitem(REMEDIES, "no-progress", useless)
    assert main(command(tmp_path, 32 * 200, *HOPELESS, "--autopilot")) == 3
    (line,) = capsys.readouterr().err.splitlines()
    assert "Tried without success: clip 5.0 (for no-progress); clip 6.0 (for no-progress)" in line
    assert [treatment.number for treatment in treatments(RunFolder(tmp_path / "mine"))] == [0, 1]
    assert {path.name for path in (tmp_path / "mine" / "set-aside").iterdir()} == {"0", "1"}
    assert zerosum.load(tmp_path / "mine").sample(1).shape == (1, 2)


@pytest.mark.slow
def test_there_is_an_end_of_treatments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    useless = tuple(Remedy(f"clip {value}", with_values(gradient_clip=float(value))) for value in range(5, 15))
    monkeypatch.setitem(REMEDIES, "no-progress", useless)
    assert main(command(tmp_path, 32 * 200, *HOPELESS, "--autopilot")) == 3
    assert len(treatments(RunFolder(tmp_path / "mine"))) == MOST


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_autopilot_after_a_loss_that_was_not_finite(tmp_path: Path) -> None:
    """There is no checkpoint to go back to, and the treated run begins anew."""
    code = main(command(tmp_path, 640, "--optimizer.rate", "1e30", "--autopilot"))
    done = treatments(RunFolder(tmp_path / "mine"))
    assert code == 0 and [treatment.failure for treatment in done] == ["not-finite"]
    assert events(tmp_path, "finished") and not list((tmp_path / "mine").glob("failed-batch-*"))


def test_an_interruption_does_not_change_when_the_doctor_is_alarmed(tmp_path: Path) -> None:
    """The look that a checkpoint takes comes whenever it comes, and the doctor counts looks."""
    flags = (*HOPELESS, "--on-alarm", "stop")
    assert main(command(tmp_path / "whole", 32 * 400, *flags)) == 3
    (alarm,) = events(tmp_path / "whole", "finding")
    busy = (*flags, "--checkpoint-seconds", "0.02")
    assert main(command(tmp_path / "busy", 32 * 400, *busy)) == 3
    assert events(tmp_path / "busy", "finding") == [
        alarm | {"seconds": events(tmp_path / "busy", "finding")[0]["seconds"]}
    ]
    assert [event for event in events(tmp_path / "busy", "probe") if event.get("between")]


# ---- a doctor who is alarmed when we say so -----------------------------------------------------------------------


class Doctor:
    """Is alarmed at one round of the first game; sees what the real one would see."""

    def __init__(self, failure: str, samples: int) -> None:
        self.failure, self.samples = failure, samples

    def __call__(self, timeline: Timeline) -> list[Finding]:
        looks = len(timeline.probes)
        if timeline.treatments or not looks or timeline.probes.samples[-1] < self.samples:
            return []
        return [Finding(self.failure, "alarm", "So.", f"{looks} looks.", ("This.",), timeline.now)]


def doctor(monkeypatch: pytest.MonkeyPatch, failure: str, samples: int) -> None:
    monkeypatch.setattr(zerosum.train.watch, "diagnose", Doctor(failure, samples))


def treated_run(
    out: Path, rounds: int, data: Any = "ring", stop_at: int | None = None, penalties: str | None = None, **more: Any
) -> RunFolder:
    """Train under the autopilot; send ourselves a signal at the event of number `stop_at` of a recorded round."""
    seen: list[Event] = []

    def listener(event: Event) -> None:
        if event["event"] == "progress":
            seen.append(event)
            if len(seen) == stop_at:
                os.kill(os.getpid(), signal.SIGTERM)

    dataset, recipe, _ = open_for(data, DataOptions(), "auto", "cpu")
    settings = recipe.settings(dataset.space)
    tiny = {"width": 8, "blocks": 1, "generator_width": 8, "discriminator_width": 8}
    tiny = {name: value for name, value in tiny.items() if hasattr(settings, name)}
    tiny |= {} if penalties is None else {"penalties": penalties}
    run = Run(
        samples=8 * rounds,
        batch=8,
        device="cpu",
        precision="fp32",
        probe_rounds=5,
        log_rounds=3,
        on_alarm="autopilot",
        **more,
    )
    plan = make_plan(dataset, DataOptions(), recipe, dataclasses.replace(settings, **tiny), run, out, "mine")
    return train(plan, listener)[1]


def told(folder: RunFolder) -> list[dict[str, Any]]:
    """What was recorded of the rounds and by the closer looks at their time, since the treatment."""
    found, since = read_events(folder.events), 0
    for number, event in enumerate(found):
        since = number if event["event"] == "treated" else since
    kinds = ("progress", "treated")
    return [{k: v for k, v in e.items() if k not in TIMING} for e in found[since:] if e["event"] in kinds]


@pytest.mark.slow
@pytest.mark.parametrize("again", ["start", "best"])
@pytest.mark.parametrize("stop_at", [3, 9, 13], ids=["before", "soon-after", "late-after"])
def test_an_interrupted_treated_run_goes_on_bit_for_bit(
    again: Any, stop_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the treated settings, though the command asks for those of the beginning."""
    monkeypatch.setitem(REMEDIES, "oscillation", (Remedy("another clip", with_values(gradient_clip=0.5), again),))
    doctor(monkeypatch, "oscillation", 8 * 20)
    whole = treated_run(tmp_path / "whole", 40)
    with pytest.raises(Interrupted):
        treated_run(tmp_path / "parts", 40, stop_at=stop_at)
    parts = treated_run(tmp_path / "parts", 40)
    for folder in (whole, parts):
        (treatment,) = treatments(folder)
        assert treatment.settings["gradient_clip"] == 0.5
        assert json.loads(folder.config.read_text())["settings"]["gradient_clip"] is None
        assert checkpoints(folder.checkpoints)[-1].name == f"{320:012d}"
    first, second = final_state(whole.path), final_state(parts.path)
    assert [name for name in first if not torch.equal(first[name], second[name])] == []
    records = [[e for e in told(folder) if e["event"] == "progress"] for folder in (whole, parts)]
    assert records[0] == records[1]
    assert len([event for event in read_events(parts.events) if event["event"] == "treated"]) == 1


def test_back_to_the_best_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remedy = Remedy("another clip", with_values(gradient_clip=0.5), "best")
    monkeypatch.setitem(REMEDIES, "late-collapse", (remedy,))
    doctor(monkeypatch, "late-collapse", 8 * 20)
    folder = treated_run(tmp_path, 30, checkpoint_seconds=1e-9, snapshot_seconds=1e-9)
    (treatment,) = treatments(folder)
    assert 0 < treatment.back_to <= 8 * 20
    begun = [event["samples"] for event in read_events(folder.events) if event["event"] == "start"]
    assert begun == [0, treatment.back_to]
    aside = RunFolder(folder.set_aside / "0")
    best, newest = aside.best(), aside.newest_checkpoint()
    assert best and newest and best.checkpoint == treatment.back_to <= int(newest.name) == 8 * 20


def test_contact_sheets_of_a_game_that_is_over_are_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would stand in the report beside those of the game that is played."""
    monkeypatch.setitem(REMEDIES, "oscillation", (Remedy("another clip", with_values(gradient_clip=0.5)),))
    doctor(monkeypatch, "oscillation", 8 * 20)
    folder = treated_run(tmp_path, 30, snapshot_seconds=1e-9)
    drawn = [event for event in read_events(folder.events) if event["event"] in ("snapshot", "treated")]
    treated = [event["event"] for event in drawn].index("treated")
    before, after = ({Path(event["file"]).name for event in part} for part in (drawn[:treated], drawn[treated + 1 :]))
    aside = {path.name for path in RunFolder(folder.set_aside / "0").sheets()}
    assert aside == before and {path.name for path in folder.sheets()} == after


def test_a_remedy_that_brings_state_of_its_own_goes_on_from_the_best_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adaptive augmentation has a controller that no earlier checkpoint knows."""
    assert REMEDIES["overfitting"][0].again == "best"
    doctor(monkeypatch, "overfitting", 8 * 10)
    images = np.random.default_rng(0).integers(0, 256, (80, 8, 8, 1), dtype=np.uint8)
    folder = treated_run(tmp_path, 20, images)
    (treatment,) = treatments(folder)
    assert treatment.changes == ("augment: none -> ada",) and treatment.back_to > 0
    assert any(name.startswith("game/ada") for name in final_state(folder.path))


def test_a_remedy_that_takes_state_away_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The best checkpoint holds LeCam's running means, which the game without it has no place for."""
    remedy = Remedy("no LeCam", with_values(penalties="r1=1"), "best")
    monkeypatch.setitem(REMEDIES, "late-collapse", (remedy,))
    doctor(monkeypatch, "late-collapse", 8 * 20)
    folder = treated_run(tmp_path, 30, checkpoint_seconds=1e-9, penalties="r1=1,lecam")
    (treatment,) = treatments(folder)
    assert treatment.back_to == 0
    assert not any(name.startswith("game/lecam") for name in final_state(folder.path))


@pytest.mark.parametrize("failure", ["overfitting", "memorisation"])
def test_the_autopilot_goes_on_where_there_is_nothing_to_try(
    failure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Points cannot be augmented, and nothing is known against copies."""
    doctor(monkeypatch, failure, 8 * 10)
    folder = treated_run(tmp_path, 20)
    assert not treatments(folder)
    assert [event["failure"] for event in read_events(folder.events) if event["event"] == "finding"] == [failure]
    assert read_events(folder.events)[-1]["event"] == "finished"


def test_the_model_that_is_returned_is_the_one_on_disk_after_a_treatment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the best checkpoint of the game before has as many samples as the last of this one."""
    from zerosum.train.probe import Probe

    remedy = Remedy("another clip", with_values(gradient_clip=0.5))
    monkeypatch.setitem(REMEDIES, "oscillation", (remedy,))
    doctor(monkeypatch, "oscillation", 8 * 10)
    measure = Probe._measure

    def better_before(probe: Probe) -> dict[str, float]:
        treated = (tmp_path / "mine" / "treatments.json").exists()
        return measure(probe) | {"quality": 1000.0 if treated else 1.0}

    monkeypatch.setattr(Probe, "_measure", better_before)
    dataset, recipe, _ = open_for("ring", DataOptions(), "r3gan", "cpu")
    settings = dataclasses.replace(recipe.settings(dataset.space), width=8, blocks=1)
    run = Run(samples=80, batch=8, device="cpu", probe_rounds=5, on_alarm="autopilot")
    model, folder = train(make_plan(dataset, DataOptions(), recipe, settings, run, tmp_path, "mine"))
    assert len(treatments(folder)) == 1
    on_disk = zerosum.load(folder.path)
    assert on_disk.settings.gradient_clip is None, "the game before had the better generator"
    np.testing.assert_array_equal(model.sample(9), on_disk.sample(9))
