"""What a run's folder remembers of what was asked for: its config.json."""

from dataclasses import dataclass

from zerosum.config.base import from_json
from zerosum.config.data import DataOptions
from zerosum.config.run import Run
from zerosum.core.errors import DataError
from zerosum.core.files import read_json
from zerosum.core.space import Space
from zerosum.train.folder import RunFolder


@dataclass(frozen=True, kw_only=True)
class AskedData:
    """The data of a run.

    Attributes:
        name: Of the data, for headings.
        source: Where it came from: a built-in name, an absolute path, a URL without its password, "array" or "frame".
        fingerprint: Of its content.
        options: How it was asked for.
    """

    name: str
    source: str
    fingerprint: str
    options: DataOptions


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked for when a run began; what treatments have changed since then is not in it.

    Attributes:
        zerosum: The version that wrote it.
        recipe: The system's name.
        settings: The recipe's config, as JSON.
        data: What is learned.
        run: Seed, length, device and the like, as the latest session had them.
        precision: What it computes in.
        space: What one sample is.
        codec: How stored samples become encoded ones, as JSON.
        origin: The model that it began with; None for random weights.
    """

    zerosum: str
    recipe: str
    settings: dict
    data: AskedData
    run: Run
    precision: str
    space: Space
    codec: dict
    origin: str | None = None


def asked_of(folder: RunFolder) -> Asked:
    """What was asked for in a run.

    Raises:
        DataError: The folder is not one of a run.
        SettingError: Its config.json is not as it was written.
    """
    if not folder.path.is_dir():
        raise DataError(f"There is no folder {folder.path}. Give the folder of a run, such as runs/00000-digits-light.")
    values = read_json(folder.config) if folder.config.exists() else {}
    if not isinstance(values, dict) or "run" not in values:
        raise DataError(
            f"{folder.path} is not a run: it has no {folder.config.name} of one. Give the folder of a run, such as "
            "runs/00000-digits-light."
        )
    return from_json(Asked, values, str(folder.config))
