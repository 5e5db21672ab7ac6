"""One session of a run: from a plan to a trained model, going on where an earlier session stopped."""

import errno
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError

from zerosum.config.run import Run
from zerosum.core.errors import TrainingError, ZerosumError
from zerosum.core.events import forget_after
from zerosum.core.files import remove_leftovers, replacing, write_json
from zerosum.core.seeding import Share
from zerosum.data.loader import Loader
from zerosum.train.checkpoint import load_checkpoint
from zerosum.train.devices import on_main, start, suitable_threads
from zerosum.train.engine import Engine, NotFinite
from zerosum.train.feed import Feed
from zerosum.train.folder import RunFolder
from zerosum.train.hooks import Checkpoints, Listener, Recorder, Snapshots, Stopwatch
from zerosum.train.loop import play
from zerosum.train.model import Model
from zerosum.train.plan import Plan
from zerosum.train.probe import Probe
from zerosum.train.resume import place, remembered


class Interrupted(ZerosumError):
    """A person or the system asked the training to stop; everything was saved."""

    def __init__(self, number: int, folder: RunFolder, samples: int) -> None:
        super().__init__(f"Stopped at {samples:,} samples; all is saved in {folder.path}. The same command goes on.")
        self.exit_code = 128 + number


def train(plan: Plan, listener: Listener = lambda event: None) -> tuple[Model, RunFolder]:
    """Train to the end of the plan, or until asked to stop; returns the model and the run's folder.

    Raises:
        Interrupted: SIGINT, SIGTERM or SIGHUP came; everything is saved.
        TrainingError: A loss is not finite any more; the last good checkpoint is kept.
        ZerosumError: The plan cannot be carried out, the disk is full, or the memory is.
    """
    accelerator = start(plan.run)
    # First what may be refused, so that a refusal leaves no empty run behind.
    game = plan.build()
    share = Share(accelerator.process_index, accelerator.num_processes)
    Loader(plan.dataset, plan.run.seed, plan.run.batch or 1, share)
    with ExitStack() as stack:
        stack.enter_context(suitable_threads(plan.dataset.space))
        folder, run, newest = on_main(accelerator, partial(_enter, plan, stack))
        stop = stack.enter_context(stop_signals())
        stack.enter_context(_machine_errors(folder, run))
        engine = Engine(game, run, plan.dataset.space, accelerator)
        return _play(plan, folder, engine, newest, stop, listener), folder


def _enter(plan: Plan, stack: ExitStack) -> tuple[RunFolder, Run, Path | None]:
    """Find and lock the run's folder: with the run's settings as they are from now on, and the newest checkpoint."""
    folder = place(plan)
    stack.enter_context(folder.locked())
    return folder, remembered(plan, folder), folder.newest_checkpoint()


def _play(
    plan: Plan, folder: RunFolder, engine: Engine, newest: Path | None, stop: list[int], listener: Listener
) -> Model:
    dataset, run, game, accelerator = plan.dataset, engine.run, engine.game, engine.accelerator
    watch = Stopwatch(load_checkpoint(newest, engine) if newest else 0.0)
    on_main(accelerator, partial(_open, plan, folder, engine))
    assert run.batch is not None, "a plan says its batch"
    loader = Loader(dataset, run.seed, run.batch, engine.share, engine.device)
    model = Model(plan.recipe, plan.settings, dataset.space, dataset.codec, game, engine.modules())
    model.facts |= {"data": dataset.name, "samples_of_data": len(dataset), "seed": run.seed}
    recorder = Recorder(engine, folder, watch, listener)
    probe = Probe(engine, dataset, recorder)
    snapshots = Snapshots(engine, folder, model, recorder)
    checkpoints = Checkpoints(engine, folder, model, recorder, watch)
    recorder.event("start", folder=str(folder.path), resumed=newest is not None, precision=engine.precision)

    def complete() -> bool:
        enough = run.samples is not None and game.clock.samples >= run.samples
        return enough or (run.minutes is not None and watch.seconds >= 60 * run.minutes)

    with trackers(engine, folder):
        try:
            hooks = (recorder, probe, snapshots, checkpoints)
            play(game, engine, Feed(game, loader), hooks, lambda: engine.any_process(complete() or bool(stop)))
            done = engine.any_process(complete())
            checkpoints.save()
        except NotFinite as error:
            kept = on_main(accelerator, partial(_keep_batch, plan, folder, run, error.position))
            recorder.event("failed", reason=str(error))
            raise TrainingError(f"{error} {kept}") from None
        snapshots.draw()
    if not done:
        recorder.event("stopped")
        raise Interrupted((stop or [signal.SIGTERM])[0], folder, game.clock.samples)
    recorder.event("finished", model=str(folder.model))
    return model


def _open(plan: Plan, folder: RunFolder, engine: Engine) -> None:
    """Write down what was asked for, and what the data looks like; cut the record back to the checkpoint."""
    remove_leftovers(folder.path)
    write_json(folder.config, plan.config(engine.run, engine.precision))
    forget_after(folder.events, engine.game.clock.samples)
    rows, codec = plan.dataset.rows, plan.dataset.codec
    with replacing(folder.path / "reals.png") as temporary:
        spread = np.asarray(rows[:: max(1, len(rows) // codec.sheet_samples)][: codec.sheet_samples])
        codec.sheet(spread).save(temporary, format="png")


def _keep_batch(plan: Plan, folder: RunFolder, run: Run, position: int) -> str:
    """Save the batch that a loss failed on, all processes' parts of it, and say how to go on."""
    assert run.batch is not None
    rows, labels = Loader(plan.dataset, run.seed, run.batch).rows(position)
    arrays = {"rows": rows.numpy()} | ({} if labels is None else {"labels": labels.numpy()})
    path = folder.path / f"failed-batch-{position:012d}.npz"
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    checkpoint = folder.newest_checkpoint()
    kept = f"the last good checkpoint is {checkpoint}" if checkpoint else "there was no checkpoint yet"
    return (
        f"The batch is in {path}; {kept}. Start afresh with --new and a lower learning rate, a larger penalty or "
        "--precision fp32."
    )


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
