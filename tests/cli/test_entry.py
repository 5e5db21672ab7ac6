"""The verbs, and what comes out of the process."""

import json
import os
import subprocess
import sys

import pytest

from zerosum.__main__ import VERBS
from zerosum.core.version import __version__


def python(*arguments: str, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, **more)


def test_help_does_not_import_torch():
    code = (
        "import sys, zerosum.__main__ as m; code = m.main(['--help']);"
        "slow = {'torch', 'numpy', 'tyro', 'rich', 'PIL', 'accelerate'} & sys.modules.keys();"
        "sys.exit(code or ', '.join(slow) or None)"
    )
    done = python("-c", code)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f"zerosum {verb}" in done.stdout for verb in VERBS)


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]])
def test_overview(cli, arguments):
    answer = cli(*arguments)
    assert answer.code == 0 and "zerosum train digits" in answer.out


def test_version(cli):
    assert cli("--version").out == f"zerosum {__version__}\n"


def test_unknown_verb(refused):
    assert 'Did you mean "train"?' in refused(2, "trian", "digits")
    assert "recipes, resume, sample" in refused(2, "qqqqqq")


def test_recipes(cli, refused):
    answer = cli("recipes")
    assert answer.code == 0 and "wgan-gp" in answer.out
    assert "extra" in refused(2, "recipes", "extra")


def test_module_runs_and_reports_its_code(work):
    done = python("-m", "zerosum", "train", "nothing-here", cwd=work)
    assert done.returncode == 4 and done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("zerosum: ")


@pytest.mark.parametrize("arguments", [["--help"], ["sample", "--help"]])
def test_a_reader_that_has_left(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-m", "zerosum", *arguments], stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.slow
def test_json_output_holds_nothing_else(work):
    done = python("-m", "zerosum", "train", "ring", "--samples", "64", "--batch", "32", "--json", cwd=work)
    assert (done.returncode, done.stderr) == (0, "")
    assert [json.loads(line)["event"] for line in done.stdout.splitlines()][-1] == "finished"
