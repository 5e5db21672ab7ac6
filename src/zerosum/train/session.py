"""One session of a run: from a plan to a trained model, going on where an earlier session stopped."""

import errno
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from safetensors import SafetensorError

from zerosum.config.base import to_json
from zerosum.config.run import Run
from zerosum.core.errors import TrainingError, ZerosumError
from zerosum.core.events import forget_after, note_event, read_events
from zerosum.core.files import remove_leftovers, replacing, write_json
from zerosum.core.seeding import Share
from zerosum.data.loader import Loader
from zerosum.health.finding import Finding
from zerosum.train.asked import asked_of
from zerosum.train.checkpoint import load_checkpoint
from zerosum.train.devices import on_main, start, suitable_threads
from zerosum.train.engine import Engine, NotFinite
from zerosum.train.feed import Feed
from zerosum.train.folder import RunFolder
from zerosum.train.keeper import Keeper
from zerosum.train.loop import play
from zerosum.train.model import Model
from zerosum.train.plan import Plan
from zerosum.train.probe import Probe
from zerosum.train.recorder import Listener, Recorder, Stopwatch
from zerosum.train.remote import Remote, Requests, forget_requests
from zerosum.train.resume import place, remembered
from zerosum.train.snapshots import Snapshots
from zerosum.train.treatment import Treatment, treat_next, treatable, treated_settings, treatments
from zerosum.train.watch import Watch


class Interrupted(ZerosumError):
    """A person or the system asked the training to stop; everything was saved."""

    def __init__(self, number: int, folder: RunFolder, samples: int) -> None:
        super().__init__(f"Stopped at {samples:,} samples; all is saved in {folder.path}. The same command goes on.")
        self.exit_code = 128 + number


class Stopped(TrainingError):
    """The doctor was alarmed, and the run was asked to stop then, or has no remedy left."""

    def __init__(self, finding: Finding, folder: RunFolder, tried: Sequence[Treatment]) -> None:
        done = "; ".join(f"{one.remedy} (for {one.failure})" for one in tried)
        super().__init__(
            f"{finding.failure}: {finding.what} {finding.evidence} "
            + (f"Tried without success: {done}. " if tried else "")
            + f"All is saved in {folder.path}; `zerosum diagnose {folder.path}` shows it. "
            + f"Try this: {finding.try_this[0] if finding.try_this else 'other settings.'}"
        )


def train(plan: Plan, listener: Listener = lambda event: None) -> tuple[Model, RunFolder]:
    """Train to the end of the plan, or until asked to stop; returns the best model so far and the run's folder.

    Raises:
        Interrupted: SIGINT, SIGTERM or SIGHUP came; everything is saved.
        TrainingError: A loss is not finite any more, or the doctor was alarmed and nothing helped; the last good
            checkpoint is kept.
        ZerosumError: The plan cannot be carried out, the disk is full, or the memory is.
    """
    accelerator = start(plan.run)
    # First what may be refused, so that a refusal leaves no empty run behind.
    plan.build()
    share = Share(accelerator.process_index, accelerator.num_processes)
    Loader(plan.dataset, plan.run.seed, plan.run.batch or 1, share)
    with ExitStack() as stack:
        stack.enter_context(suitable_threads(plan.dataset.space))
        folder, run = on_main(accelerator, partial(_enter, plan, stack))
        stop = stack.enter_context(stop_signals())
        stack.enter_context(_machine_errors(folder, run))
        requests = Requests(folder.control)
        while True:
            settings = on_main(accelerator, partial(treated_settings, plan, folder))
            course = replace(plan, settings=settings, run=run)
            outcome = _play(course, folder, accelerator, stop, requests, listener)
            if isinstance(outcome, Model):
                return outcome, folder
            on_main(accelerator, partial(_answer, course, folder, outcome, listener))


def _enter(plan: Plan, stack: ExitStack) -> tuple[RunFolder, Run]:
    """Find and lock the run's folder: with the run's settings as they are from now on."""
    folder = place(plan)
    stack.enter_context(folder.locked())
    forget_requests(folder)
    return folder, remembered(plan, folder)


def _play(
    plan: Plan, folder: RunFolder, accelerator: Accelerator, stop: list[int], requests: Requests, listener: Listener
) -> Model | Finding:
    """Play on from the newest checkpoint; returns the best model, or the finding that ended it before its time."""
    dataset, run = plan.dataset, plan.run
    engine = Engine(plan.build(), run, dataset.space, accelerator)
    game = engine.game
    newest = on_main(accelerator, folder.newest_checkpoint)
    watch = Stopwatch(load_checkpoint(newest, engine) if newest else 0.0)
    on_main(accelerator, partial(_open, plan, folder, engine, newest))
    assert run.batch is not None, "a plan says its batch"
    loader = Loader(dataset, run.seed, run.batch, engine.share, engine.device)
    model = _untrained(plan, engine)
    recorder = Recorder(engine, folder, watch, [listener])
    doctor = Watch(read_events(folder.events), recorder, _ends(plan, folder))
    probe = Probe(engine, dataset, recorder)
    snapshots = Snapshots(engine, folder, model, recorder, spread(plan))
    keeper = Keeper(engine, folder, model, recorder, watch, probe)
    remote = Remote(engine, recorder, watch, requests, stop, (snapshots.draw, keeper.save))
    recorder.event("start", folder=str(folder.path), resumed=newest is not None, **_beginning(engine, probe))
    if newest is None and not doctor.timeline.treatments:
        on_main(accelerator, partial(doctor.examine_data, dataset))
    doctor.remember_data()

    def complete() -> bool:
        enough = run.samples is not None and game.clock.samples >= run.samples
        return enough or (run.minutes is not None and watch.seconds >= 60 * run.minutes)

    def over() -> bool:
        return engine.any_process(complete() or bool(stop) or doctor.alarm is not None)

    with trackers(engine, folder):
        try:
            play(game, engine, Feed(game, loader), (recorder, probe, doctor, snapshots, keeper, remote), over)
            done, asked = engine.any_process(complete()), engine.any_process(bool(stop))
            keeper.save()
        except NotFinite as error:
            recorder.event("failed", reason=str(error))
            doctor.examine()
            alarm = on_main(accelerator, lambda: doctor.alarm)
            if run.on_alarm == "autopilot" and alarm:
                return alarm
            position = None if game.multiples else error.position
            kept = on_main(accelerator, partial(_keep_batch, plan, folder, run, position))
            raise TrainingError(f"{error} {kept}") from None
        snapshots.draw()
        doctor.examine()
    if not asked and (alarm := on_main(accelerator, lambda: doctor.alarm)):
        return alarm
    if not done:
        recorder.event("stopped")
        raise Interrupted((stop or [signal.SIGTERM])[0], folder, game.clock.samples)
    recorder.event("finished", model=str(folder.model))
    best = folder.best()
    return model if best is None or best.checkpoint == game.clock.samples else Model.load(folder.model)


def _untrained(plan: Plan, engine: Engine) -> Model:
    """The model that a game is to become, with the networks that it generates with."""
    data, game = plan.dataset, engine.game
    model = Model(plan.recipe, plan.settings, data.space, data.codec, data.conditions, game, engine.modules())
    model.facts |= {"data": data.name, "samples_of_data": len(data), "seed": plan.run.seed}
    return model


def _beginning(engine: Engine, probe: Probe) -> dict[str, Any]:
    """What is known of a session as it begins: how it computes, how long it is to be, and how looks are to be read."""
    return {
        "precision": engine.precision,
        "batch": engine.run.batch,
        "planned_samples": engine.run.samples,
        "planned_seconds": engine.run.minutes and engine.run.minutes * 60,
        "metric": probe.metric,
        "floor": probe.floor,
        "looked_at": probe.looked_at,
    }


def _ends(plan: Plan, folder: RunFolder) -> Callable[[Finding], bool]:
    """Whether the run ends for an alarm: the autopilot goes on where there was never anything to try."""
    answered = cache(partial(treatable, folder))
    if plan.run.on_alarm == "autopilot":
        return lambda finding: answered(finding.failure)
    return lambda finding: plan.run.on_alarm == "stop"


def _answer(plan: Plan, folder: RunFolder, alarm: Finding, listener: Listener) -> None:
    """Treat the run if that was asked for and can be done; otherwise end it, with the reasons.

    Raises:
        Stopped: It ends here.
    """
    treated = treat_next(folder, alarm) if plan.run.on_alarm == "autopilot" else None
    listener(treated or note_event(folder.events, "stopped", why=alarm.evidence, failure=alarm.failure))
    if treated is None:
        raise Stopped(alarm, folder, treatments(folder))


def spread(plan: Plan) -> np.ndarray:
    """Real samples from all over the data, as many as a contact sheet shows."""
    rows, most = plan.dataset.rows, plan.dataset.codec.sheet_samples
    return np.asarray(rows[:: max(1, len(rows) // most)][:most])


def _open(plan: Plan, folder: RunFolder, engine: Engine, newest: Path | None) -> None:
    """Write down what was asked for, and what the data looks like; cut the record back to the checkpoint."""
    remove_leftovers(folder.path)
    asked = plan.asked(engine.run, engine.precision)
    if folder.config.exists():
        asked = replace(asked, settings=asked_of(folder).settings)  # as they were asked for, before any treatment
    write_json(folder.config, to_json(asked))
    forget_after(folder.events, None if newest is None else int(newest.name))
    with replacing(folder.path / "reals.png") as temporary:
        plan.dataset.codec.sheet(spread(plan)).save(temporary, format="png")


def _keep_batch(plan: Plan, folder: RunFolder, run: Run, position: int | None) -> str:
    """Save the batch that a loss failed on, all processes' parts of it, if one is known, and say how to go on."""
    assert run.batch is not None
    checkpoint = folder.newest_checkpoint()
    kept = f"The last good checkpoint is {checkpoint}" if checkpoint else "There was no checkpoint yet"
    advice = (
        "Start afresh with --new and a lower learning rate or --precision fp32, in a game of two also a larger penalty "
        "or --gradient-clip 1; or let --on-alarm autopilot do so."
    )
    if position is None:
        return f"{kept}. {advice}"
    rows, labels = Loader(plan.dataset, run.seed, run.batch).rows(position)
    arrays = {"rows": rows.numpy()} | ({} if labels is None else {"labels": labels.numpy()})
    path = folder.path / f"failed-batch-{position:012d}.npz"
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    return f"{kept}; the batch is in {path}. {advice}"


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """A list that fills with SIGINT, SIGTERM and SIGHUP as they come; a second SIGINT interrupts at once.

    Outside the main thread signals cannot be caught, and the list stays empty.
    """
    caught: list[int] = []

    def catch(number: int, frame: object) -> None:
        if caught and number == signal.SIGINT:
            raise KeyboardInterrupt
        caught.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    numbers = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if os.name == "posix" else [])]
    before = {number: signal.signal(number, catch) for number in numbers}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def trackers(engine: Engine, folder: RunFolder) -> Iterator[None]:
    """Open the trackers that were asked for, and close them however the training ends."""
    if not engine.run.log:
        yield
        return
    engine.accelerator.project_configuration.logging_dir = str(folder.path)
    engine.accelerator.init_trackers("log")
    try:
        yield
    finally:
        engine.accelerator.end_training()


@contextmanager
def _machine_errors(folder: RunFolder, run: Run) -> Iterator[None]:
    """Turn a full disk and a full memory into sentences."""
    full = f"What was saved before is whole; make room and give the same command again to go on from {folder.path}."
    try:
        yield
    except SafetensorError as error:  # it has its own error for a full disk; a damaged file is a DataError by now
        raise ZerosumError(f"Weights could not be written to {folder.path}: {error}. {full}") from error
    except torch.OutOfMemoryError as error:
        raise ZerosumError(
            f"The device's memory is too small for a batch of {run.batch}: give a smaller --batch or --size, and --new."
        ) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG):
            raise
        place = Path(error.filename or folder.path)
        raise ZerosumError(f"{place} could not be written: {error.strerror}. {full}") from error
