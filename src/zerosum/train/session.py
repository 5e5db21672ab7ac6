"""One session of a run: from a plan to a trained model, going on where an earlier session stopped."""

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list
from safetensors import SafetensorError

from zerosum.core.errors import TrainingError, ZerosumError
from zerosum.core.events import forget_after
from zerosum.core.files import remove_leftovers, replacing, write_json
from zerosum.data.loader import Loader
from zerosum.train.checkpoint import load_checkpoint
from zerosum.train.devices import start, suitable_threads
from zerosum.train.engine import Engine, NotFinite
from zerosum.train.feed import Feed
from zerosum.train.folder import RunFolder
from zerosum.train.hooks import Checkpoints, Listener, Recorder, Snapshots, Stopwatch
from zerosum.train.loop import play
from zerosum.train.model import Model
from zerosum.train.plan import Plan
from zerosum.train.resume import place, remembered


class Interrupted(ZerosumError):
    """A person or the system asked the training to stop; everything was saved."""

    def __init__(self, number: int, folder: RunFolder, samples: int) -> None:
        super().__init__(f"Stopped at {samples:,} samples; all is saved in {folder.path}. The same command goes on.")
        self.exit_code = 128 + number


def train(plan: Plan, listener: Listener = lambda event: None) -> tuple[Model, RunFolder]:
    """Train to the end of the plan, or until asked to stop; returns the model and the run's folder.

    Raises:
        Interrupted: SIGINT or SIGTERM came; everything is saved.
        TrainingError: A loss is not finite any more; the last good checkpoint is kept.
        ZerosumError: The plan cannot be carried out, or the disk is full.
    """
    accelerator = start(plan.run)
    game = plan.build()  # before there is a folder: settings that make no game must not leave an empty run
    with ExitStack() as stack:
        folder = _shared_folder(plan, accelerator, stack)
        stack.enter_context(suitable_threads(plan.dataset.space))
        engine = Engine(game, remembered(plan, folder), plan.dataset.space, accelerator)
        stop = stack.enter_context(stop_signals())
        stack.enter_context(_disk_errors(folder))
        return _play(plan, folder, engine, stop, listener), folder


def _shared_folder(plan: Plan, accelerator: Accelerator, stack: ExitStack) -> RunFolder:
    """Process 0 finds and locks the run's folder and tells the others, or tells them why there is none."""
    found: list[RunFolder | ZerosumError | None] = [None]
    if accelerator.is_main_process:
        try:
            found[0] = place(plan)
            stack.enter_context(found[0].locked())
        except ZerosumError as error:
            found[0] = error
    broadcast_object_list(found)
    if isinstance(found[0], ZerosumError):
        raise found[0]
    assert found[0] is not None
    return found[0]


def _play(plan: Plan, folder: RunFolder, engine: Engine, stop: list[int], listener: Listener) -> Model:
    dataset, run, game = plan.dataset, engine.run, engine.game
    newest = folder.newest_checkpoint()
    watch = Stopwatch(load_checkpoint(newest, engine) if newest else 0.0)
    if engine.accelerator.is_main_process:
        _open(plan, folder, engine)
    if run.log:
        engine.accelerator.project_configuration.logging_dir = str(folder.path)
        engine.accelerator.init_trackers("log")
    model = Model(plan.recipe, plan.settings, dataset.space, dataset.codec, game, engine.modules())
    model.facts |= {"data": dataset.name, "samples_of_data": len(dataset), "seed": run.seed}
    recorder = Recorder(engine, folder, watch, listener)
    snapshots = Snapshots(engine, folder, model, recorder)
    checkpoints = Checkpoints(engine, folder, model, recorder, watch)
    recorder.event("start", folder=str(folder.path), resumed=newest is not None, precision=engine.precision)

    def finished() -> bool:
        enough = run.samples is not None and game.clock.samples >= run.samples
        late = run.minutes is not None and watch.seconds >= 60 * run.minutes
        return enough or engine.any_process(late or bool(stop))

    assert run.batch is not None, "a plan says its batch"
    loader = Loader(dataset, run.seed, run.batch, engine.share)
    feed = Feed(game, loader, dataset.codec, run.seed, engine.share, engine.device)
    try:
        play(game, engine, feed, (recorder, snapshots, checkpoints), finished)
        checkpoints.save()
    except NotFinite as error:
        raise TrainingError(f"{error} {_keep_batch(folder, loader, error.samples)}") from None
    snapshots.draw()
    if engine.any_process(bool(stop)):
        recorder.event("stopped")
        raise Interrupted((stop or [signal.SIGTERM])[0], folder, game.clock.samples)
    recorder.event("finished", model=str(folder.model))
    if run.log:
        engine.accelerator.end_training()
    return model


def _open(plan: Plan, folder: RunFolder, engine: Engine) -> None:
    """Write down what was asked for, and what the data looks like; cut the record back to the checkpoint."""
    remove_leftovers(folder.path)
    write_json(folder.config, plan.config(engine.precision))
    forget_after(folder.events, engine.game.clock.samples)
    rows, codec = plan.dataset.rows, plan.dataset.codec
    with replacing(folder.path / "reals.png") as temporary:
        spread = np.asarray(rows[:: max(1, len(rows) // codec.sheet_samples)][: codec.sheet_samples])
        codec.sheet(spread).save(temporary, format="png")


def _keep_batch(folder: RunFolder, loader: Loader, samples: int) -> str:
    """Save the batch that a loss failed on, and say how to go on."""
    path = folder.path / f"failed-batch-{samples:012d}.npz"
    rows, labels = loader.rows(samples)
    arrays = {"rows": rows.numpy()} | ({} if labels is None else {"labels": labels.numpy()})
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    checkpoint = folder.newest_checkpoint()
    kept = f"the last good checkpoint is {checkpoint}" if checkpoint else "there was no checkpoint yet"
    return f"The batch is in {path}; {kept}. Try a lower learning rate, a larger penalty, or --precision fp32."


@contextmanager
def stop_signals() -> Iterator[list[int]]:
    """A list that fills with SIGINT and SIGTERM as they come; a second SIGINT interrupts at once.

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
    before = {number: signal.signal(number, catch) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield caught
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _disk_errors(folder: RunFolder) -> Iterator[None]:
    """Turn a failure to write into a sentence."""
    try:
        yield
    except SafetensorError as error:  # it has its own error for a full disk; a damaged file is a DataError by now
        raise ZerosumError(
            f"Weights could not be written to {folder.path}: {error}. What was saved before is whole; make room and "
            "give the same command again to go on."
        ) from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG):
            raise
        raise ZerosumError(
            f"{Path(error.filename or folder.path)} could not be written: {error.strerror}. What was saved before is "
            f"whole; make room and give the same command again to go on from {folder.path}."
        ) from error
