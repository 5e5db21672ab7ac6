"""Checkpoints: named tensors in safetensors and the rest in JSON; nothing in them is code."""

import shutil
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from zerosum.core.errors import DataError
from zerosum.core.files import read_json, replacing, write_json
from zerosum.train.engine import Engine, NotFinite

KEPT = 2
"""How many of the newest checkpoints stay on disk, beside the best."""


def save_checkpoint(folder: Path, engine: Engine, seconds: float) -> Path:
    """Write the whole state of a game as `folder/SAMPLES/`.

    Args:
        folder: The run's folder of checkpoints.
        engine: Whose game is saved.
        seconds: Training time so far.

    Raises:
        NotFinite: A weight is not finite; the checkpoints already there are left alone.
        OSError: The disk is full or gone; the checkpoints already there are left alone.
    """
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state(engine).items()}
    numbers = [tensor for tensor in tensors.values() if tensor.is_floating_point()]
    if not torch.nn.utils.get_total_norm(numbers).isfinite():
        raise NotFinite("Some weights are", engine.game.clock.samples)
    clock = engine.game.clock
    path = folder / f"{clock.samples:012d}"
    if not path.exists():
        with replacing(path) as temporary:
            temporary.mkdir()
            save_file(tensors, temporary / "state.safetensors")
            write_json(temporary / "clock.json", {"samples": clock.samples, "rounds": clock.rounds, "seconds": seconds})
    return path


def drop_old_checkpoints(folder: Path, keep: int | None) -> None:
    """Drop all but the newest `KEPT` checkpoints and the one of `keep` samples, if any."""
    for old in checkpoints(folder)[:-KEPT]:
        if int(old.name) == keep:
            continue
        doomed = old.rename(old.with_name(f".{old.name}.part"))  # from here on it is nobody's checkpoint
        shutil.rmtree(doomed, ignore_errors=True)


def load_checkpoint(path: Path, engine: Engine) -> float:
    """Put a game back where `save_checkpoint` left it; returns the training time so far in seconds.

    Raises:
        DataError: The checkpoint is damaged or belongs to another game.
    """
    numbers = read_json(path / "clock.json")
    try:
        saved = load_file(path / "state.safetensors")
    except (OSError, SafetensorError) as error:
        raise DataError(
            f"The checkpoint {path} cannot be read: {error}. Remove the folder to go on without it."
        ) from error
    _prepare_optimizers(engine, saved)
    wanted = state(engine)
    for name in [name for name in wanted if name.startswith("game/") and name not in saved]:
        del wanted[name]  # a treatment has brought it, and it begins afresh
    if wanted.keys() != saved.keys():
        odd = sorted(wanted.keys() ^ saved.keys())[0]
        raise DataError(f'The checkpoint {path} belongs to another game: "{odd}" is on one side only.')
    with torch.no_grad():
        for name, tensor in wanted.items():
            # Copying in place keeps each tensor's own memory layout, which the fused optimizer relies on.
            tensor.copy_(saved[name])
    clock = engine.game.clock
    clock.samples, clock.rounds = numbers["samples"], numbers["rounds"]
    return numbers["seconds"]


def checkpoints(folder: Path) -> list[Path]:
    """The whole checkpoints of a run, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name.isdigit() and (path / "clock.json").exists())


def state(engine: Engine) -> dict[str, Tensor]:
    """Every tensor that a game's future depends on, by name; the tensors themselves, not copies."""
    tensors = {f"game/{name}": tensor for name, tensor in engine.game.state.items()}
    for name, player in engine.game.players.items():
        tensors |= {f"{name}/module/{key}": value for key, value in player.module.state_dict().items()}
        if name in engine.averages:
            tensors |= {f"{name}/average/{key}": value for key, value in engine.averages[name].state_dict().items()}
        for parameter_name, parameter in player.module.named_parameters():
            for key, value in engine.optimizers[name].state.get(parameter, {}).items():
                if value is not None:
                    tensors[f"{name}/optimizer/{parameter_name}/{key}"] = value
    return tensors


def _prepare_optimizers(engine: Engine, saved: dict[str, Tensor]) -> None:
    """Give the optimizers, which begin empty, tensors of the right shape and layout to copy saved state into."""
    for name, player in engine.game.players.items():
        for parameter_name, parameter in player.module.named_parameters():
            prefix = f"{name}/optimizer/{parameter_name}/"
            for key in [key for key in saved if key.startswith(prefix)]:
                like = parameter.detach() if saved[key].shape == parameter.shape else saved[key].to(parameter.device)
                engine.optimizers[name].state[parameter][key.removeprefix(prefix)] = torch.empty_like(like)
