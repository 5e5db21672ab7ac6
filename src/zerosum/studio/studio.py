"""What a studio holds, for its routes."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request

from zerosum.studio.exploring.projections import Projections
from zerosum.studio.exporting.files import Exports
from zerosum.studio.render import Renderer, Renderers
from zerosum.studio.starting.data import Data
from zerosum.studio.starting.places import Places
from zerosum.studio.starting.plans import Plans
from zerosum.studio.starting.uploads import Uploads
from zerosum.studio.watching.control import Controls
from zerosum.studio.watching.health import examine
from zerosum.studio.watching.jobs import Jobs
from zerosum.studio.watching.runs import Runs
from zerosum.studio.workers import once
from zerosum.train.folder import RunFolder


@dataclass
class Studio:
    """A studio over a folder of runs.

    Attributes:
        root: The folder that run folders are in.
        work: The folder that it was started in, which data may be chosen from.
        jobs: The trainings that it started.
        runs: The runs.
        controls: What a person does with them.
        uploads: Data that were given to it.
        places: Where data may be chosen from.
        data: Data that were looked at.
        plans: Trainings that are wanted.
        renderers: Opened models.
        projections: Pictures whose latents are looked for.
        exports: Files that were made of models.
        ending: Set once the server ends, so that streams do.
    """

    root: Path
    work: Path
    ending: threading.Event

    def __post_init__(self) -> None:
        self.jobs = Jobs(self.work)
        self.runs = Runs(self.root, self.jobs)
        self.controls = Controls(self.runs, self.jobs)
        self.uploads = Uploads(self.root)
        self.places = Places(self.work, self.uploads)
        self.data = Data(self.places, self.runs)
        self.plans = Plans(self.data, self.places, self.jobs, self.root)
        self.renderers = Renderers()
        self.projections = Projections()
        self.exports = Exports()
        self._examined: dict[Path, tuple[int, dict[str, Any]]] = {}

    def renderer(self, model: str) -> Renderer:
        """The opened model of an id.

        Raises:
            Refusal: There is none.
        """
        return self.renderers.get(self.runs.find_model(model), self.named(model))

    def named(self, run: str) -> str:
        """A run's or a model's folder as a person here names it in a command."""
        path = self.root / run
        return str(path.relative_to(self.work) if path.is_relative_to(self.work) else path)

    async def examined(self, folder: RunFolder) -> dict[str, Any]:
        """What the doctor says of a run, in a process of its own; remembered until the run goes on."""
        state = folder.events.stat().st_mtime_ns if folder.events.exists() else 0
        known = self._examined.get(folder.path)
        if known is None or known[0] != state:
            known = self._examined[folder.path] = state, await once(examine, folder.path)
        return known[1]

    def close(self) -> None:
        """End what was only done for pages; trainings go on."""
        self.renderers.close()
        self.projections.close()
        self.exports.close()
        self.jobs.let_go()


def studio_of(request: Request) -> Studio:
    """The studio that a request is for."""
    return request.app.state.studio
