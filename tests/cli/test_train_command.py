"""`zerosum train`: what a person sees, what is written, and which flags are refused."""

import json
import shlex
from pathlib import Path

import pytest
import torch

from zerosum.cli.display import longer, readings
from zerosum.config.base import from_json
from zerosum.core.events import read_events
from zerosum.core.registry import find_recipe
from zerosum.recipes.wgan_gp import WGANGP

SHORT = ("--samples", "256", "--batch", "32")
TINY = ("--generator-width", "8", "--discriminator-width", "8", "--samples", "16", "--batch", "8")


def config_of(run: str = "*") -> dict:
    (path,) = Path("runs").glob(f"{run}/config.json")
    return json.loads(path.read_text())


def test_ring_end_to_end(cli):
    answer = cli("train", "ring", *SHORT)
    assert (answer.code, answer.error) == (0, "")
    run = Path("runs/00000-ring-r3gan")
    sheet = run / "samples/000000000256.png"
    assert f"Contact sheet: {sheet}" in answer.out and sheet.exists()
    assert f"Model:         {run / 'model'}" in answer.out
    assert {path.name for path in (run / "model").iterdir()} == {"config.json", "model.safetensors", "README.md"}
    assert {path.name for path in run.iterdir()} >= {"config.json", "events.jsonl", "reals.png", "checkpoints"}
    assert "D right on real" in answer.out
    (command,) = [line for line in answer.out.splitlines() if "zerosum sample" in line]
    assert cli(*shlex.split(command.partition("zerosum ")[2])).code == 0
    assert len(list(Path("samples").glob("seed*.csv"))) == 64


def test_the_proposed_command_goes_on(cli):
    answer = cli("train", "ring", "--minutes", "0.003", "--batch", "32", "--recipe", "gan", "--out", "my runs")
    (line,) = [line.partition("   (")[0] for line in answer.out.splitlines() if "zerosum train" in line]
    command = line.partition("zerosum ")[2].strip()
    assert command == "train ring --batch 32 --recipe gan --out 'my runs' --minutes 0.006"
    assert "Going on at" in cli(*shlex.split(command)).out
    assert len(list(Path("my runs").iterdir())) == 1


def test_longer_replaces_minutes_and_forgets_new():
    assert longer(["ring", "--minutes=3", "--new"], 6) == ["ring", "--minutes", "6"]
    assert longer(["--minutes", "3", "ring"], 0.5) == ["ring", "--minutes", "0.5"]


def test_readings_of_what_is_not_finite():
    event = {"samples": 64, "discriminator/accuracy_real": 0.5, "discriminator/gap": None, "generator/adversarial": 1.5}
    assert [value for _, value in readings(event)] == ["1.5", "50%", "not finite"]


def test_json_lines(cli):
    flags = ("--log-rounds", "2", "--penalty-every", "1", "--snapshot-seconds", "0.01")
    answer = cli("train", "ring", *SHORT, "--json", *flags)
    events = [json.loads(line) for line in answer.out.splitlines()]
    names = [event["event"] for event in events]
    assert names[0] == "start" and names[-1] == "finished"
    assert set(names) == {"start", "progress", "probe", "snapshot", "checkpoint", "finished"}
    assert events == read_events(Path("runs/00000-ring-r3gan/events.jsonl"))
    assert all(event.keys() >= {"event", "samples", "seconds"} for event in events)
    assert events[0] | {"seconds": 0} == {
        "event": "start",
        "samples": 0,
        "seconds": 0,
        "folder": "runs/00000-ring-r3gan",
        "resumed": False,
        "precision": "fp32",
        "batch": 32,
        "planned_samples": 256,
        "planned_seconds": None,
        "metric": events[0]["metric"],
        "floor": events[0]["floor"],
        "looked_at": events[0]["looked_at"],
    }
    assert events[0]["looked_at"] == 256
    assert events[0]["metric"].startswith("energy-distance") and 0 <= events[0]["floor"] < 0.1
    progress = [event for event in events if event["event"] == "progress"]
    assert [event["rounds"] for event in progress] == [1, 3, 5, 7]
    for event in progress:
        scalars = {name for name in event if "/" in name}
        assert scalars == {
            *(f"discriminator/{name}" for name in ("adversarial", "r1", "r2", "gradient_norm")),
            *(f"discriminator/{name}" for name in ("auc", "gap", "spread", "saturation", "slope", "diversity")),
            *(f"discriminator/accuracy_{side}" for side in ("real", "fake")),
            *(f"generator/{name}" for name in ("adversarial", "gradient_norm")),
        }
        assert all(isinstance(event[name], float) for name in scalars)
        assert 0 <= event["discriminator/accuracy_real"] <= 1
        assert event["samples_per_second"] > 0
    for event in events:
        for kind in ("file", "model"):
            assert kind not in event or Path(event[kind]).exists()


def test_dry_run_says_all_and_writes_nothing(cli, work):
    answer = cli("train", "ring", "--dry-run", "--minutes", "2", "--recipe", "wgan-gp", "--batch", "16")
    assert (answer.code, answer.error) == (0, "")
    lines = dict(line.split(":", 1) for line in answer.out.splitlines() if ":" in line)
    assert lines.keys() >= {"Data", "Recipe", "Settings", "Run", "Device", "Player", "Speed", "Time", "Memory"}
    assert "100,000 samples of kind points, shape (2,)" in lines["Data"]
    assert from_json(WGANGP, json.loads(lines["Settings"])) == find_recipe("wgan-gp").presets["points"]
    assert json.loads(lines["Run"])["batch"] == 16
    assert "parameters" in lines["Player"]
    assert lines["Time"].strip().startswith("2 minutes, about ")
    assert lines["Memory"].strip().endswith("GiB")
    assert list(work.iterdir()) == []


def test_dry_run_with_classes_and_samples(cli, folder):
    answer = cli("train", folder, "--dry-run", "--recipe", "dcgan", *TINY)
    assert "Classes:   blue 50.0%, red 50.0%" in answer.out
    assert "minutes for 16 samples" in answer.out


def test_recipe_flags_reach_the_config(cli):
    flags = ("--recipe", "wgan-gp", "--penalties", "r1", "--optimizer.rate", "1e-3", "--discriminator-steps", "2")
    assert cli("train", "ring", *SHORT, *flags, "--seed", "3").code == 0
    config = config_of()
    assert config["recipe"] == "wgan-gp"
    settings = config["settings"]
    assert (settings["penalties"], settings["optimizer"]["rate"], settings["discriminator_steps"]) == ("r1", 1e-3, 2)
    # Where no flag says otherwise, the preset for points counts.
    assert settings["latent_dim"] == find_recipe("wgan-gp").presets["points"].latent_dim
    assert (config["run"]["seed"], config["run"]["samples"]) == (3, 256)


def test_named_runs(cli, refused):
    assert cli("train", "ring", *SHORT, "--name", "mine").code == 0
    assert Path("runs/mine/model/config.json").exists()
    assert "--name" in refused(2, "train", "ring", *SHORT, "--name", "a/b")
    assert "--name" in refused(2, "train", "ring", *SHORT, "--name", "..")
    assert "--new" in refused(2, "train", "ring", *SHORT, "--name", "mine", "--new")
    sentence = refused(2, "train", "ring", *SHORT, "--name", "mine", "--final-penalty", "3")
    assert "final_penalty: " in sentence and " -> 3.0" in sentence


@pytest.mark.parametrize("name", ["", "empty", "file"])
def test_names_of_what_is_there_already(cli, name):
    Path("runs/empty").mkdir(parents=True)
    Path("runs/file").touch()
    answer = cli("train", "ring", *SHORT, "--name", name)
    assert (answer.code, answer.error) == (0, "") or (answer.code and answer.error.startswith("zerosum: "))


def test_out_is_a_file(refused):
    Path("occupied").touch()
    assert "occupied" in refused(1, "train", "ring", *SHORT, "--out", "occupied")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--seed", "-1"], ["--seed is -1", "4294967295"]),
        (["--seed", "4294967296"], ["--seed"]),
        (["--minutes", "0"], ["--minutes is 0.0", "greater than 0"]),
        (["--minutes", "nan"], ["--minutes is nan"]),
        (["--minutes", "inf"], ["--minutes is inf"]),
        (["--samples", "-5"], ["--samples is -5"]),
        (["--batch", "0"], ["--batch is 0"]),
        (["--log-rounds", "0"], ["--log-rounds is 0"]),
        (["--checkpoint-seconds", "0"], ["--checkpoint-seconds is 0"]),
        (["--recipe", "wgan-pg"], ['"wgan-pg"', 'Did you mean "wgan-gp"?']),
        (["--recipe", "light"], ["light", "points", "r3gan"]),
        (["--preset", "point"], ['no preset "point"', 'Did you mean "points"?']),
        (["--recipe", "gan", "--conditional"], ["gan", "--conditional"]),
        (["--log", "nonsense"], ["nonsense", "tensorboard"]),
        (["--log", "tensorbord"], ['Did you mean "tensorboard"?']),
        (["--size", "64"], ["--size"]),
        (["--sigma", "0"], ["--sigma"]),
        (["--latent-dim", "0"], ["--latent-dim is 0", "at least 1"]),
        (["--width", "-3"], ["--width is -3"]),
        (["--final-penalty", "nan"], ["--final-penalty is nan"]),
        (["--penalties", "r1=nan"], ['"r1=nan"', "at least 0"]),
        (["--optimizer.rate", "-1"], ["--optimizer.rate is -1.0"]),
        (["--optimizer.betas", "0", "2"], ["betas", "less than 1"]),
        (["--average.half-life", "0"], ["--average.half-life is 0"]),
    ],
)
def test_refused_values(refused, work, flags, words):
    sentence = refused(2, "train", "ring", *flags)
    assert [word for word in words if word not in sentence] == []
    assert list(work.iterdir()) == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card to train on")
def test_a_device_that_is_not_there(refused, work):
    assert "cuda" in refused(2, "train", "ring", "--device", "cuda")
    assert "cuda" in refused(2, "train", "ring", "--device", "cuda", "--dry-run")
    assert list(work.iterdir()) == []


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--penaltise", "r1"], ["--penaltise", "--penalties"]),
        (["--nonsense"], ["--nonsense"]),
        (["--recipe", "gan", "--magnify", "1"], ["--magnify"]),
        (["--batch", "many"], ["--batch", "many"]),
        (["--device", "tpu"], ["--device", "tpu", "cuda"]),
        (["--precision", "fp8"], ["--precision", "fp8"]),
        (["--optimizer.betas", "0"], ["--optimizer.betas"]),
    ],
)
def test_flags_that_do_not_parse(cli, work, flags, words):
    answer = cli("train", "ring", *flags)
    assert answer.code == 2
    assert [word for word in words if word not in answer.error] == []
    assert list(work.iterdir()) == []


def test_data_is_needed(cli):
    answer = cli("train")
    assert answer.code == 2 and "digits" in answer.error


def test_help(cli):
    answer = cli("train", "--help")
    assert (answer.code, answer.error) == (0, "")
    assert "--minutes" in answer.out and "--penalties" not in answer.out
    assert (
        "Recipes: acgan, attributes, autoencoder, biggan, ctgan, dcgan, diffusion, fastgan, gan, infogan, light, "
        "progressive, projected, r3gan, sagan, sngan, stylegan2, tabular, text, tvae, vae, wgan-gp." in answer.out
    )


@pytest.mark.parametrize("flags", [["--recipe", "wgan-gp", "--help"], ["-h", "--recipe=wgan-gp"]])
def test_help_with_a_recipe(cli, flags):
    answer = cli("train", "ring", *flags)
    assert (answer.code, answer.error) == (0, "")
    assert "--minutes" in answer.out and "--discriminator-steps" in answer.out and "Algorithm 1" in answer.out


def test_help_with_an_unknown_recipe(cli):
    answer = cli("train", "--recipe", "nope", "--help")
    assert answer.code == 2 and '"nope"' in answer.error


@pytest.mark.parametrize(
    ("flags", "classes"),
    [
        ([], ["blue", "red"]),
        (["--conditional"], ["blue", "red"]),
        (["--no-conditional"], []),
        (["--recipe", "gan", "--discriminator-units", "8"], []),
    ],
)
def test_sub_folders_are_classes_unless_told_otherwise(cli, folder, flags, classes):
    tiny = TINY if "gan" not in flags else ("--generator-width", "8", "--samples", "16", "--batch", "8")
    answer = cli("train", folder, *flags, *tiny, "--precision", "fp32")
    assert (answer.code, answer.error) == (0, "")
    assert config_of()["space"]["classes"] == classes
    assert ("--class blue" in answer.out) == bool(classes)


def test_a_flat_folder_has_no_classes(cli, folder, refused):
    assert cli("train", folder / "red", *TINY, "--precision", "fp32").code == 0
    assert config_of()["space"]["classes"] == []
    assert "sub-folder" in refused(4, "train", folder / "red", *TINY, "--conditional")
    assert cli("train", folder / "red", "--no-conditional", *TINY, "--dry-run").code == 0


def test_tensorboard(cli, work):
    assert cli("train", "ring", *SHORT, "--log", "tensorboard").code == 0
    (record,) = work.rglob("*tfevents*")
    assert record.is_relative_to(work / "runs/00000-ring-r3gan")
    assert b"discriminator/adversarial" in record.read_bytes()


@pytest.mark.parametrize(
    ("data", "flags"),
    [
        pytest.param("ring", ("--recipe", "gan", "--hidden-dropout", "1.5"), id="dropout"),
        pytest.param("digits", ("--recipe", "r3gan", "--width", "16", "--group-width", "3"), id="groups"),
    ],
)
def test_settings_that_no_network_can_have(refused, work, data, flags):
    sentence = refused(2, "train", data, *SHORT, *flags)
    assert flags[-1] in sentence
    assert not Path("runs").exists() or list(Path("runs").iterdir()) == []
