"""Treating a run by hand: what is offered, what is done, and that undoing it leaves no trace in the game."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

import zerosum
import zerosum.train.treatment as treatment_module
from zerosum.api import make_plan, open_for, plan_of, possible_treatments, train, treat, undo
from zerosum.config.base import to_json
from zerosum.config.data import DataOptions
from zerosum.config.optimizer import Adam
from zerosum.config.run import Run
from zerosum.core.errors import DataError, SettingError
from zerosum.core.events import read_events
from zerosum.core.registry import find_recipe, recipes
from zerosum.data import open_dataset
from zerosum.game.game import Game
from zerosum.health.remedies import REMEDIES, Remedy, with_values
from zerosum.health.timeline import Timeline
from zerosum.train.folder import RunFolder
from zerosum.train.status import status
from zerosum.train.treatment import System, settings_now, treatments

BATCH = 8
TIMING = ("seconds", "samples_per_second", "took")


def first_session(out: Path, rounds: int = 8, data: Any = "ring", sheets: float = 30.0, **settings: Any) -> RunFolder:
    """A run with a checkpoint after each round, a record of every other, looks now and then, and a sheet at its end."""
    dataset, recipe, _ = open_for(data, DataOptions(), "r3gan", "cpu")
    changed = dataclasses.replace(recipe.settings(dataset.space), width=8, blocks=1, **settings)
    often = {"checkpoint_seconds": 1e-9, "snapshot_seconds": sheets, "log_rounds": 2, "probe_rounds": 4}
    run = Run(samples=BATCH * rounds, batch=BATCH, device="cpu", precision="fp32", **often)
    return train(make_plan(dataset, DataOptions(), recipe, changed, run, out, "mine"))[1]


def go_on(folder: RunFolder, rounds: int) -> None:
    train(plan_of(folder.path, samples=BATCH * rounds))


def content(folder: RunFolder) -> dict[str, bytes]:
    """Every file of a run that belongs to the game, by its path."""
    parts = (folder.checkpoints, folder.samples, folder.model, folder.best_file)
    files = [path for part in parts for path in (part.rglob("*") if part.is_dir() else [part])]
    return {str(path.relative_to(folder.path)): path.read_bytes() for path in files if path.is_file()}


def told(folder: RunFolder) -> list[dict[str, Any]]:
    """The record without the clock on the wall, and without the note that a treatment was undone."""
    events = [event for event in read_events(folder.events) if event["event"] != "undone"]
    return [{name: value for name, value in event.items() if name not in TIMING} for event in events]


def names(paths: list[Path]) -> list[int]:
    return [int(path.stem) for path in paths]


@pytest.fixture
def remedies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remedies for an oscillation: one that does nothing, and a clip from the start, and from the best checkpoint."""
    changes = (with_values(), with_values(gradient_clip=0.5), with_values(gradient_clip=0.25), with_values(pack=0))
    chosen = ("start", "start", "best", "start")
    offered = [Remedy(f"number {n}", one, again) for n, (one, again) in enumerate(zip(changes, chosen, strict=True))]
    monkeypatch.setitem(REMEDIES, "oscillation", (*offered, Remedy("number 4", changes[1], "start")))


# ---- what is offered ----------------------------------------------------------------------------------------------


def test_what_is_offered_and_nothing_is_changed(remedies: None, tmp_path: Path) -> None:
    """Not what would change nothing, makes no game, or comes to the same as an earlier remedy."""
    folder = first_session(tmp_path)
    before, events = content(folder), folder.events.read_bytes()
    first, second = possible_treatments(folder, "oscillation")
    assert (first.number, first.remedy, first.changes, first.back_to) == (
        1,
        "number 1",
        ("gradient_clip: None -> 0.5",),
        0,
    )
    best = folder.best()
    assert best and (second.number, second.changes) == (2, ("gradient_clip: None -> 0.25",))
    assert second.back_to == best.samples > 0
    assert possible_treatments(folder, "plateau") == []
    assert content(folder) == before and folder.events.read_bytes() == events
    assert not folder.treatments.exists() and not folder.set_aside.exists()


def test_it_needs_no_data(remedies: None, tmp_path: Path) -> None:
    np.save(tmp_path / "points.npy", np.random.default_rng(0).normal(size=(100, 2)).astype(np.float32))
    folder = first_session(tmp_path, data=str(tmp_path / "points.npy"))
    (tmp_path / "points.npy").unlink()
    assert len(possible_treatments(folder, "oscillation")) == 2
    assert treat(folder, "oscillation", 1).changes and undo(folder)
    with pytest.raises(DataError, match=r"cannot be opened as they were: .*points\.npy"):
        plan_of(folder.path)


# ---- treating -----------------------------------------------------------------------------------------------------


def test_from_the_start(remedies: None, tmp_path: Path) -> None:
    folder = first_session(tmp_path)
    before, seconds = content(folder), read_events(folder.events)[-1]["seconds"]
    treatment = treat(folder, "oscillation", 1)
    assert (treatment.remedy, treatment.back_to, treatments(folder)) == ("number 1", 0, [treatment])
    assert settings_now(folder).gradient_clip == 0.5
    assert json.loads(folder.config.read_text())["settings"]["gradient_clip"] is None, "what was asked for"
    assert read_events(folder.events)[-1] == {
        "event": "treated",
        "samples": BATCH * 8,
        "seconds": seconds,
        "why": "chosen by hand",
        "failure": "oscillation",
        "remedy": "number 1",
        "changes": ["gradient_clip: None -> 0.5"],
        "back_to": 0,
    }
    assert status(folder) == "stopped"
    assert folder.newest_checkpoint() is None and folder.sheets() == []
    best = folder.best()
    assert best and best.set_aside and zerosum.load(folder.path).sample(1).shape == (1, 2), (
        "its model is still the best"
    )
    assert content(RunFolder(folder.set_aside / "0")) == before
    go_on(folder, 8)
    begun = [event["samples"] for event in read_events(folder.events) if event["event"] == "start"]
    assert begun == [0, 0] and names([folder.newest_checkpoint() or Path("0")]) == [BATCH * 8]
    assert Timeline(read_events(folder.events)).records.samples[0] == BATCH
    assert status(folder) == "finished"


def test_from_the_best_checkpoint(remedies: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    best_at(monkeypatch, 4)
    folder = first_session(tmp_path, sheets=1e-9)
    before = content(folder)
    kept = names(folder.sheets())
    treatment = treat(folder, "oscillation", 2, why="so")
    assert treatment.back_to == 4 * BATCH and read_events(folder.events)[-1]["why"] == "so"
    assert names([path for path in folder.checkpoints.iterdir()]) == [4 * BATCH]
    assert names(folder.sheets()) == [samples for samples in kept if samples <= 4 * BATCH] != kept
    assert content(RunFolder(folder.set_aside / "0")) == before
    go_on(folder, 9)
    begun = [event["samples"] for event in read_events(folder.events) if event["event"] == "start"]
    assert begun == [0, 4 * BATCH]


def best_at(monkeypatch: pytest.MonkeyPatch, rounds: int) -> None:
    """Let the samples be nearest to the data after so many rounds."""
    from zerosum.train.probe import Probe

    def measure(probe: Probe) -> dict[str, float]:
        probe.floor = 0.0
        return {"quality": 1.0 + abs(probe._engine.game.clock.rounds - rounds), "coverage": 0.5}

    monkeypatch.setattr(Probe, "_measure", measure)


def test_what_the_autopilot_tried_and_what_a_person_did_are_one_list(remedies: None, tmp_path: Path) -> None:
    folder = first_session(tmp_path)
    treat(folder, "oscillation", 2)
    treat(folder, "oscillation", 1)
    assert [one.changes for one in treatments(folder)] == [
        ("gradient_clip: None -> 0.25",),
        ("gradient_clip: 0.25 -> 0.5",),
    ]
    assert (folder.set_aside / "0").is_dir() and (folder.set_aside / "1").is_dir()


def test_what_is_refused(remedies: None, tmp_path: Path) -> None:
    folder = first_session(tmp_path)
    before, events = content(folder), folder.events.read_bytes()
    with pytest.raises(SettingError, match='no remedy for "oscilation". Did you mean "oscillation"'):
        treat(folder, "oscilation", 1)
    for number in (0, 3, 99, -1):
        with pytest.raises(SettingError, match=rf"no remedy {number + 1} for .*: 2 \(number 1\); 3 \(number 2\)"):
            treat(folder, "oscillation", number)
    with pytest.raises(SettingError, match="None of them would"):
        treat(folder, "overfitting", 0)
    with pytest.raises(DataError, match="No treatment was done"):
        undo(folder)
    with folder.locked():
        with pytest.raises(DataError, match="Another process is training"):
            treat(folder, "oscillation", 1)
        with pytest.raises(DataError, match="Another process is training"):
            undo(folder)
    assert content(folder) == before and folder.events.read_bytes() == events
    assert not folder.treatments.exists() and not folder.set_aside.exists()
    with pytest.raises(DataError, match="is not a run"):
        treat(RunFolder(tmp_path), "oscillation", 1)
    with pytest.raises(DataError, match="There is no folder"):
        possible_treatments(RunFolder(tmp_path / "none"), "oscillation")
    folder.events.unlink()
    with pytest.raises(DataError, match="Nothing has happened"):
        treat(folder, "oscillation", 1)


# ---- undoing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2], ids=["from-the-start", "from-the-best"])
@pytest.mark.parametrize("played", [0, 3, 10], ids=["at-once", "soon", "late"])
def test_undone_is_as_if_it_had_never_been(
    number: int, played: int, remedies: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Train, treat, train on, undo, train on: the weights, the record and the files of one that was never treated."""
    best_at(monkeypatch, 4)
    never = first_session(tmp_path / "never")
    folder = first_session(tmp_path / "undone")
    before, record = content(folder), told(folder)
    treatment = treat(folder, "oscillation", number)
    if played:
        go_on(folder, treatment.back_to // BATCH + played)
    treated = {name: data for name, data in content(folder).items() if name.startswith(("checkpoints", "samples"))}
    assert undo(folder) == treatment
    assert content(folder) == before and told(folder) == record
    assert treatments(folder) == [] and settings_now(folder).gradient_clip is None
    assert status(folder) == "finished"
    aside = RunFolder(folder.set_aside / "undone-0")
    assert {name: content(aside)[name] for name in treated} == treated, "nothing is deleted"
    assert read_events(aside.events)[0]["event"] == "treated" and len(read_events(aside.events)) > played
    assert json.loads((aside.path / "treatment.json").read_text()) == to_json(treatment)
    assert not (folder.set_aside / "0").exists()
    for run in (never, folder):
        go_on(run, 12)
    states = [load_file((run.newest_checkpoint() or run.path) / "state.safetensors") for run in (never, folder)]
    assert states[0].keys() == states[1].keys()
    assert [name for name in states[0] if not torch.equal(states[0][name], states[1][name])] == []
    records = [[event for event in told(run) if event["event"] in ("progress", "finding")] for run in (never, folder)]
    assert records[0] == records[1] and len(records[0]) >= 6
    assert never.best() == folder.best()


def test_the_record_remembers_that_it_was_undone(remedies: None, tmp_path: Path) -> None:
    """Also where the run goes on from before that moment, or begins anew."""
    folder = first_session(tmp_path)
    treat(folder, "oscillation", 1)
    undo(folder)
    note = read_events(folder.events)[-1]
    assert note == {
        "event": "undone",
        "samples": BATCH * 8,
        "seconds": read_events(folder.events)[-2]["seconds"],
        "failure": "oscillation",
        "remedy": "number 1",
        "changes": ["gradient_clip: None -> 0.5"],
        "set_aside": str(folder.set_aside / "undone-0"),
    }
    timeline = Timeline(read_events(folder.events))
    assert timeline.treatments == [] and len(timeline.records) == 4
    (folder.newest_checkpoint() or folder.path).rename(tmp_path / "lost")
    go_on(folder, 9)
    assert note in read_events(folder.events)


def test_one_after_the_other(remedies: None, tmp_path: Path) -> None:
    """The latest is undone first; treating anew afterwards is as treating for the first time."""
    folder = first_session(tmp_path)
    states = [content(folder)]
    for number in (1, 2):
        treat(folder, "oscillation", number)
        go_on(folder, 3)
        states.append(content(folder))
    assert [undo(folder).number, content(folder) == states[1]] == [2, True]
    assert [event["event"] for event in read_events(folder.events)].count("treated") == 1
    assert [undo(folder).number, content(folder) == states[0]] == [1, True]
    treat(folder, "oscillation", 2)
    assert undo(folder).number == 2 and content(folder) == states[0]
    assert sorted(path.name for path in folder.set_aside.iterdir()) == ["undone-0", "undone-1", "undone-2"]
    with pytest.raises(DataError, match="No treatment was done"):
        undo(folder)


@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_a_failure_before_the_first_checkpoint(tmp_path: Path) -> None:
    """There is neither a model nor a checkpoint to set aside, and none is there after undoing."""
    with pytest.raises(zerosum.ZerosumError, match="not finite"):
        first_session(tmp_path, optimizer=Adam(rate=1e30))
    folder = RunFolder(tmp_path / "mine")
    assert status(folder) == "failed" and not folder.best_file.exists()
    proposal = possible_treatments(folder, "not-finite")[0]
    treat(folder, "not-finite", proposal.number)
    assert status(folder) == "stopped" and folder.best() is None
    go_on(folder, 4)
    assert status(folder) == "finished" and zerosum.load(folder.path).sample(1).shape == (1, 2)
    undo(folder)
    assert status(folder) == "failed" and not folder.best_file.exists() and not folder.model.exists()
    assert zerosum.load(folder.set_aside / "undone-0").sample(1).shape == (1, 2)


def test_what_was_set_aside_is_gone(remedies: None, tmp_path: Path) -> None:
    folder = first_session(tmp_path)
    treat(folder, "oscillation", 1)
    (folder.set_aside / "0").rename(tmp_path / "elsewhere")
    before, events = content(folder), folder.events.read_bytes()
    with pytest.raises(DataError, match=r"There is no folder .*set-aside.0"):
        undo(folder)
    assert content(folder) == before and folder.events.read_bytes() == events and len(treatments(folder)) == 1


def test_where_the_disk_has_no_links(remedies: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(source: Path, target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", link)
    folder = first_session(tmp_path)
    before = content(folder)
    treat(folder, "oscillation", 1)
    assert content(RunFolder(folder.set_aside / "0")) == before
    undo(folder)
    assert content(folder) == before


def test_a_treatment_that_was_cut_short(remedies: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run as it was is kept, though nothing says what was done."""
    folder = first_session(tmp_path)
    before = content(folder)
    with monkeypatch.context() as cut:
        cut.setattr(treatment_module, "write_json", lambda path, value: (_ for _ in ()).throw(OSError("killed")))
        with pytest.raises(OSError, match="killed"):
            treat(folder, "oscillation", 1)
    assert not treatments(folder)
    treat(folder, "oscillation", 1)
    assert content(RunFolder(folder.set_aside / "undone-0")) == before


# ---- games in outline ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", ["digits", "ring", "shop"])
@pytest.mark.parametrize("name", sorted(recipe.name for recipe in recipes()))
def test_outlines_have_the_names_and_shapes_of_games(name: str, data: str) -> None:
    """For the settings of every remedy: what can be built can be outlined, and the other way round."""
    shop = pd.DataFrame({"paid": np.random.default_rng(0).gamma(2.0, size=200), "in": ["cash", "card"] * 100})
    recipe = find_recipe(name)
    space = open_dataset(shop if data == "shop" else data, numbers=recipe.numbers).space
    if space.kind not in recipe.kinds or recipe.condition not in (None, "classes"):
        pytest.skip("another kind of data")
    if recipe.needs_condition and not space.classes:
        pytest.skip("nothing to tell")
    usual = recipe.settings(space)
    small = {"width": 8, "generator_width": 8, "discriminator_width": 8, "channel_base": 64, "largest_width": 8}
    small |= {"group_width": 8, "units": 8, "layers": 1}
    known = {field.name: field.type for field in dataclasses.fields(usual)}
    usual = dataclasses.replace(usual, **{key: value for key, value in small.items() if known.get(key) in (int, "int")})
    system = System(recipe, usual, space)
    all_settings = {
        repr(one.change(usual, usual)): one.change(usual, usual) for many in REMEDIES.values() for one in many
    }
    for settings in all_settings.values():
        try:
            game = recipe.build(settings, space)
        except SettingError:
            game = None
        try:
            outline = system.outline(settings)
        except SettingError:
            outline = None
        assert (game is None) == (outline is None), settings
        if game and outline:
            assert shapes(game) == shapes(outline)


def shapes(game: Game) -> dict[str, tuple[int, ...]]:
    """All named tensors of a game."""
    found = {f"game/{name}": tensor for name, tensor in game.state.items()}
    for name, player in game.players.items():
        found |= {f"{name}/{key}": tensor for key, tensor in player.module.state_dict().items()}
    return {name: tuple(tensor.shape) for name, tensor in found.items()}
