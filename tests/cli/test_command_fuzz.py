"""Whatever is typed, a plan comes out or a sentence."""

import contextlib
import io
import json
import math
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zerosum.cli.train import make, spell_out
from zerosum.config.base import from_json, to_json
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import ZerosumError
from zerosum.core.files import read_json
from zerosum.core.registry import recipes
from zerosum.train.plan import Plan

UNHURRIED = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
FLAGS = (
    "--recipe --preset --out --name --new --dry-run --json --size --fit --background --channels --mirror --conditional "
    "--no-conditional --skip-bad --sigma --seed --batch --minutes --samples --device --precision --log-rounds --log "
    "--penalties --latent-dim --width --optimizer.rate --optimizer.betas --average.half-life "
    "--final-penalty --discriminator-steps --loss --augment --pack --focus --pretrain-samples --smooth-real "
    "--spectral-norm --batch-statistics --top-share --nonsense -x --"
).split()
VALUES = "0 1 -1 3 1e-3 1e999 nan inf None True False 99999999999999999999 64 8x8 x red points cpu gan dcgan".split()
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12).filter(lambda w: "~" not in w)


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    data = draw(st.sampled_from(["ring", "moons", "line", "nowhere"]) | WORDS)
    pairs = st.tuples(st.sampled_from(FLAGS), st.none() | st.sampled_from(VALUES) | WORDS)
    words = [word for pair in draw(st.lists(pairs, max_size=5)) for word in pair if word is not None]
    return [data, *words]


@UNHURRIED
@given(command_lines())
def test_any_command_line(arguments):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            plan, _ = make(arguments)
        except ZerosumError as error:
            assert str(error)
        except SystemExit as stop:
            assert stop.code == 2
        except OSError as error:
            assert error.filename is not None  # the entry makes a sentence of it
        else:
            assert isinstance(plan, Plan)
            assert plan.run.minutes or plan.run.samples


@UNHURRIED
@given(st.lists(st.sampled_from(["--conditional", "--no-conditional", "True", "None", "x", "--mirror"])))
def test_switches_are_spelled_out_once(arguments):
    spelled = spell_out(arguments)
    assert "--no-conditional" not in spelled
    assert spell_out(spelled) == spelled


@pytest.mark.slow
@UNHURRIED
@given(content=st.binary(max_size=200), head=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a"]))
def test_any_bytes_as_a_picture(tmp_path, folder, content, head):
    (folder / "red/any.png").write_bytes(head + content)
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            plan, _ = make([str(folder), "--recipe", "dcgan"])
        except ZerosumError as error:
            assert "any.png" in str(error)
        else:
            assert len(plan.dataset) == 33
        plan, _ = make([str(folder), "--recipe", "dcgan", "--skip-bad"])
        assert len(plan.dataset) in (32, 33)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KINDS = [Run, DataOptions, *(recipe.config for recipe in recipes())]


@UNHURRIED
@given(data=st.data(), kind=st.sampled_from(KINDS))
def test_any_json_as_a_config(data, kind):
    names = st.sampled_from([*to_json(kind()), "unknown"])
    values = data.draw(st.dictionaries(names, JSON, max_size=4) | JSON)
    try:
        config = from_json(kind, values)
    except ZerosumError as error:
        assert str(error)
    else:
        again = from_json(kind, json.loads(json.dumps(to_json(config))))
        assert again == config or any(math.isnan(v) for v in vars(config).values() if isinstance(v, float))


@UNHURRIED
@given(content=st.binary(max_size=60))
def test_any_bytes_as_json(tmp_path: Path, content):
    path = tmp_path / "any.json"
    path.write_bytes(content)
    try:
        read_json(path)
    except ZerosumError as error:
        assert "any.json" in str(error)


def test_deep_json_is_refused(tmp_path: Path):
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000)
    with pytest.raises(ZerosumError, match="deep.json"):
        read_json(path)
