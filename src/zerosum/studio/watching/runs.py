"""The runs below one folder, by the names of their folders: what a list, a page and a chart show of them."""

import math
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.config.adversarial import Adversarial
from zerosum.config.base import from_json, to_json
from zerosum.core.errors import ZerosumError
from zerosum.core.events import Event
from zerosum.core.files import read_json
from zerosum.data.codec import ImageCodec
from zerosum.game.rules import rules_of
from zerosum.health.checks.discriminators import OVERFITTED
from zerosum.health.checks.gradients import EXPLODED, EXPLODING
from zerosum.health.checks.samples import COLLAPSED_DIVERSITY
from zerosum.health.finding import Finding, worst_first
from zerosum.studio.answers import unknown
from zerosum.studio.watching.jobs import JOB, Jobs
from zerosum.studio.watching.record import MOST_HISTOGRAMS, Record, spread_evenly
from zerosum.studio.watching.summary import Summary
from zerosum.train.asked import Asked, asked_of
from zerosum.train.folder import RunFolder
from zerosum.train.resume import reached
from zerosum.train.status import state_after
from zerosum.train.treatment import settings_now, treatments

KEPT_RECORDS = 8
"""Records of runs that are kept in memory, those looked at last."""

MOST_NOTES = 300
"""Contact sheets and checkpoints that a page is told of at once, the latest ones; a run's answer has all sheets."""

THRESHOLDS = {
    "exploding": EXPLODING,
    "exploded": EXPLODED,
    "collapsed": COLLAPSED_DIVERSITY,
    "overfitted": OVERFITTED,
}
"""From where on the doctor speaks of gradient norms, of a batch's diversity and of overfitting, for charts."""

ROUTINE = ("snapshot", "checkpoint")


class Runs:
    """The runs and models in a folder."""

    def __init__(self, root: Path, jobs: Jobs) -> None:
        self.root, self._jobs = root, jobs
        self._summaries: dict[str, Summary] = {}
        self._asked: dict[str, tuple[int, Asked | str]] = {}
        self._records: OrderedDict[str, tuple[Record, threading.Lock]] = OrderedDict()
        self._lock = threading.Lock()

    def folders(self) -> dict[str, RunFolder]:
        """The folders that are runs, or were made to become some, by id."""
        return {name: RunFolder(path) for name, path in self._listed().items() if _is_run(path)}

    def find(self, run: str) -> RunFolder:
        """The folder of a run.

        Raises:
            Refusal: There is none of that id.
        """
        path = self._listed().get(run)
        if path is None or not _is_run(path):
            raise unknown("run", run)
        return RunFolder(path)

    def find_model(self, model: str) -> Path:
        """The folder of a run or a model that can be explored; errors as for `find`."""
        path = self._listed().get(model)
        if path is None or not _has_model(path):
            raise unknown("model", model)
        return path

    def listing(self) -> list[dict[str, Any]]:
        """What there is to say of each run, those that changed last first."""
        with self._lock:
            items = [self._item(run, folder) for run, folder in self.folders().items()]
        return sorted(items, key=lambda item: (item["changed"], item["id"]), reverse=True)

    def item(self, run: str) -> dict[str, Any]:
        """What a list says of one run."""
        folder = self.find(run)
        with self._lock:
            return self._item(run, folder)

    def detail(self, run: str) -> dict[str, Any]:
        """What a run's page says of it."""
        folder, found = self.find(run), self.item(run)
        held = folder.held() or self._jobs.starting(folder)
        asked = self.asked(folder)
        more: dict[str, Any] = {"sheets": sheets(run, folder), "reals": reals(run, folder), "pictured": found["kind"]}
        if isinstance(asked, Asked):
            done = treatments(folder)
            more |= {
                "config": read_json(folder.config),
                "settings": to_json(settings_now(folder)),
                "treatments": [to_json(one) for one in done],
                "canUndo": bool(done) and found["state"] != "starting",
                "atEnd": not held and reached(asked.run, folder),
                "sheet": _sheet(asked),
                "thresholds": THRESHOLDS,
                **_even(asked, folder),
            }
        running = found["state"] in ("training", "starting")
        return found | more | {"canResume": isinstance(asked, Asked) and not running}

    def series(self, run: str) -> dict[str, Any]:
        """All numbers of a run's record as columns, and where a stream of what comes next begins."""
        folder = self.find(run)
        with self.record(run, folder) as record:
            place, progress, probe = record.place, record.progress.thin(), record.probe.thin()
            histograms, notes = spread_evenly(record.histograms, MOST_HISTOGRAMS), list(record.notes)
        routine = [note for note in notes if note["event"] in ROUTINE]
        kept = {id(note) for name in ROUTINE for note in _latest(routine, name)}
        told = [for_page(run, folder, note) for note in notes if note["event"] not in ROUTINE or id(note) in kept]
        return {
            "offset": str(place),
            "progress": progress,
            "probe": probe,
            "histograms": histograms,
            "findings": [note for note in told if note["event"] == "finding"],
            "notes": [note for note in told if note["event"] != "finding"],
        }

    def findings(self, run: str) -> list[Finding]:
        """What was found in the game that is played now and in the data, each failure at its worst; the worst first."""
        found: dict[str, Finding] = {}
        with self.record(run, self.find(run)) as record:
            for note in record.notes:
                if note["event"] == "treated":
                    found = {failure: finding for failure, finding in found.items() if not finding.samples}
                elif note["event"] == "finding":
                    values = {name: value for name, value in note.items() if name not in ("event", "seconds")}
                    finding = from_json(Finding, values, "A finding")
                    found[finding.failure] = finding
        return worst_first(found.values())

    @contextmanager
    def record(self, run: str, folder: RunFolder) -> Iterator[Record]:
        """A run's record up to now, for one at a time."""
        with self._lock:
            record, lock = self._records.pop(run, None) or (Record(folder.events), threading.Lock())
            self._records[run] = record, lock
            while len(self._records) > KEPT_RECORDS:
                self._records.popitem(last=False)
        with lock:
            record.update()
            yield record

    def state(self, folder: RunFolder, telling: str | None) -> str:
        """How a run stands, by the latest event that tells: as `train.status`, and "starting" before there is one."""
        held = folder.held()
        if self._jobs.starting(folder):
            return "starting"
        if telling is None and not held and self._jobs.trouble(folder):
            return "failed"
        return state_after(telling, held)

    def asked(self, folder: RunFolder) -> Asked | str | None:
        """What was asked for in a run; a sentence where that cannot be read, and None where there is nothing yet."""
        try:
            changed = folder.config.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        known = self._asked.get(folder.path.name)
        if known is None or known[0] != changed:
            try:
                value = asked_of(folder)
            except ZerosumError as error:
                value = str(error)
            known = self._asked[folder.path.name] = changed, value
        return known[1]

    def _listed(self) -> dict[str, Path]:
        """The folders that lie here, by name; not what is hidden, nor links, which lead elsewhere."""
        with os.scandir(self.root) as entries:
            return {
                entry.name: Path(entry.path)
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            }

    def _item(self, run: str, folder: RunFolder) -> dict[str, Any]:
        summary = self._summaries.setdefault(run, Summary(folder.events))
        summary.update()
        asked, latest = self.asked(folder), summary.latest or {}
        known = asked if isinstance(asked, Asked) else None
        problem = self._jobs.trouble(folder) or summary.reason or (asked if isinstance(asked, str) else None)
        return {
            "id": run,
            "recipe": known and known.recipe,
            "data": known and known.data.name,
            "kind": known and known.space.kind,
            "state": self.state(folder, summary.telling),
            "samples": latest.get("samples", 0),
            "seconds": latest.get("seconds", 0.0),
            "planned": {
                "samples": summary.start.get("planned_samples"),
                "seconds": summary.start.get("planned_seconds"),
            },
            "batch": summary.start.get("batch"),
            "speed": summary.speed,
            "quality": summary.quality(),
            "spark": summary.sparks(),
            "model": _has_model(folder.path),
            "findings": summary.findings(),
            "changed": _changed(folder),
            "error": problem,
        }


def for_page(run: str, folder: RunFolder, event: Event) -> Event:
    """An event as a page gets it: without places on this machine's disk, and with the address of its picture."""
    told = {name: value for name, value in event.items() if name not in ("file", "folder", "model", "set_aside")}
    if event["event"] == "snapshot":
        told["url"] = sheet_url(run, folder.samples / f"{int(event['samples']):012d}.png")
    return told


def sheets(run: str, folder: RunFolder) -> list[dict[str, Any]]:
    """The contact sheets of the game that is played now, oldest first."""
    return [{"samples": int(path.stem), "url": sheet_url(run, path)} for path in folder.sheets()]


def sheet_url(run: str, path: Path) -> str | None:
    """Where a contact sheet is; another one of the same name, as after a treatment, is elsewhere."""
    version = _version(path)
    return version and f"/api/runs/{quote(run, safe='')}/sheets/{int(path.stem)}.jpg?v={version}"


def reals(run: str, folder: RunFolder) -> str | None:
    """Where the picture of real samples is, if there is one."""
    version = _version(folder.path / "reals.png")
    return version and f"/api/runs/{quote(run, safe='')}/reals.jpg?v={version}"


def _version(path: Path) -> str | None:
    try:
        return f"{path.stat().st_mtime_ns:x}"
    except OSError:
        return None


def _latest(notes: list[Event], name: str) -> list[Event]:
    return [note for note in notes if note["event"] == name][-MOST_NOTES:]


def _is_run(path: Path) -> bool:
    return RunFolder(path).events.exists() or (path / JOB).exists()


def _has_model(path: Path) -> bool:
    return (path / "model" / "model.safetensors").exists() or (path / "model.safetensors").exists()


def _changed(folder: RunFolder) -> float:
    """When a run's record was last written to, in seconds since 1970."""
    for path in (folder.events, folder.path):
        try:
            return path.stat().st_mtime
        except FileNotFoundError:
            continue
    return 0.0


def _sheet(asked: Asked) -> dict[str, int] | None:
    """How many pictures a contact sheet has, and how many stand in a row; None where it is no grid of pictures."""
    count = ImageCodec.sheet_samples
    return {"columns": math.ceil(math.sqrt(count)), "count": count} if asked.space.kind == "image" else None


def _even(asked: Asked, folder: RunFolder) -> dict[str, float | None]:
    """The logit at which a discriminator is undecided, None for critics; nothing where there is no discriminator."""
    settings = settings_now(folder)
    if not isinstance(settings, Adversarial):
        return {}
    return {"even": rules_of(settings, asked.space).objective.even}
