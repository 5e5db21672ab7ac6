"""Every flag that the doctor or the docs advise exists, so that nobody is sent looking for one that does not."""

import dataclasses
import re
from pathlib import Path

import pytest

import zerosum
from zerosum.cli.compare import Compare
from zerosum.cli.diagnose import Diagnose
from zerosum.cli.evaluate import Evaluate
from zerosum.cli.export import Export
from zerosum.cli.resume import Resume
from zerosum.cli.sample import Sample
from zerosum.cli.train import Train
from zerosum.cli.treat import Treat
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.registry import recipes

PACKAGE = Path(zerosum.__file__).parent
DOCS = Path(__file__).parents[2] / "docs"
README = DOCS.parent / "README.md"
SWITCHES = {"--autopilot", "--no-conditional", "--help", "--nproc-per-node"}


def flags(config: object, prefix: str = "") -> set[str]:
    """The flags of a dataclass, those of dataclasses in it by dotted names."""
    found = set()
    for field in dataclasses.fields(config):  # type: ignore[arg-type]
        name = f"{prefix}{field.name.replace('_', '-')}"
        found.add(f"--{name.removesuffix('-') if name.endswith('-') else name}")
        value = getattr(config, field.name, None)
        if dataclasses.is_dataclass(value):
            found |= flags(value, f"{name}.")
    return found


VERBS = (Train, Resume, Treat, Sample, Diagnose, Evaluate, Compare, Export)
KNOWN = set().union(*(flags(verb) for verb in VERBS)) | flags(DataOptions()) | flags(Run()) | SWITCHES
KNOWN |= {flag for recipe in recipes() for flag in flags(recipe.config())}


@pytest.mark.parametrize(
    "path",
    [
        *sorted(path for path in (PACKAGE / "health").rglob("*.py") if path.name != "report.py"),
        *sorted((PACKAGE / "evaluation").rglob("*.py")),
        *sorted((PACKAGE / "rivals").rglob("*.py")),
        README,
        DOCS / "evaluation.md",
        DOCS / "stability.md",
        DOCS / "architecture.md",
    ],
    ids=lambda path: path.name,
)
def test_flags_that_are_named_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z0-9.-]*[a-z0-9]", text))
    assert named <= KNOWN


def test_every_part_is_in_the_docs() -> None:
    """A flag of all recipes that docs/stability.md does not have is one that nobody finds."""
    from zerosum.config.adversarial import Adversarial

    text = (DOCS / "stability.md").read_text(encoding="utf-8")
    assert [flag for flag in flags(Adversarial()) if flag not in text] == []
