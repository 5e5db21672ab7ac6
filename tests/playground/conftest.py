"""Runs the playground's engine with node."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import zerosum

PLAYGROUND = Path(zerosum.__file__).parent / "studio" / "static" / "playground"


@pytest.fixture(scope="session")
def node() -> Callable[[str, Any], Any]:
    """(name of a script beside this file, what it reads) -> what it writes, both JSON; skips where there is no node."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("needs node")

    def run(script: str, given: Any = None) -> Any:
        command = [program, str(Path(__file__).with_name(script)), PLAYGROUND.as_uri()]
        answer = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return run
