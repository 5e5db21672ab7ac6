"""A trained model: a folder with a generator in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from zerosum.config.base import check_numbers, from_json, to_json
from zerosum.core.errors import DataError, ZerosumError
from zerosum.core.files import read_json, replacing, write_json
from zerosum.core.registry import find_recipe
from zerosum.core.space import Space
from zerosum.core.version import __version__
from zerosum.data.codecs import codec_from_json
from zerosum.data.conditions import Classes, Conditions, conditions_from
from zerosum.game.game import Modules
from zerosum.train.card import model_card
from zerosum.train.devices import arrange
from zerosum.train.sampler import Sampler

OPPONENTS = "opponents.safetensors"
"""The file of the players that sampling does not need, for whoever trains the model on."""

_TABLE = "conditions"
"""What the table of known conditions is called among a model's weights; players' have a dot."""


@dataclass(frozen=True, kw_only=True)
class _Saved:
    """What a model's config.json holds."""

    zerosum: str
    recipe: str
    settings: dict
    space: Space
    codec: dict
    facts: dict
    conditions: dict | None = None


class Model(Sampler):
    """A sampler that is kept in a folder, which the Hugging Face Hub reads."""

    def save(self, folder: Path | str) -> Path:
        """Write the model as a folder that `load` and the Hugging Face Hub read; an earlier one there is replaced."""
        folder = Path(folder)
        if folder.exists() and any(folder.iterdir()) and not _is_model(folder):
            raise DataError(f"{folder} is not empty and is not a model. Choose another folder to save to.")
        weights = _named(self._modules)
        if self.known is not None and self.known.table is not None:
            weights[_TABLE] = self.known.table.contiguous()
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / "model.safetensors") as temporary:
            save_file(weights, temporary, metadata={"format": "pt"})
        if self.opponents:
            others = _named({name: self._game.players[name].module for name in self.opponents})
            with replacing(folder / OPPONENTS) as temporary:
                save_file(others, temporary, metadata={"format": "pt"})
        else:
            (folder / OPPONENTS).unlink(missing_ok=True)  # an earlier model's
        write_json(folder / "config.json", self._config())
        with replacing(folder / "README.md") as temporary:
            card = model_card(self.recipe, self.space, self.known, self.facts, self.prior.stream)
            temporary.write_text(card, encoding="utf-8")
        return folder

    def push_to_hub(self, repo_id: str, *, private: bool = False, token: str | None = None) -> str:
        """Upload the model to the Hugging Face Hub as `owner/name`; returns its address."""
        from tempfile import TemporaryDirectory

        from huggingface_hub import HfApi

        api = HfApi(token=token)
        address = api.create_repo(repo_id, private=private, exist_ok=True)
        with TemporaryDirectory() as folder:
            api.upload_folder(repo_id=repo_id, folder_path=self.save(folder), commit_message="Upload a zerosum model")
        return str(address)

    @classmethod
    def load(cls, path: Path | str) -> "Model":
        """Read a model from its folder, or from the folder of the run that trained it.

        Raises:
            DataError: There is no model there, or it is damaged.
        """
        folder = Path(path)
        folder = folder / "model" if (folder / "model" / "config.json").exists() else folder
        if not (folder / "config.json").exists():
            raise DataError(
                f"There is no model at {path}. Give the folder of a model or of a run, as in runs/00000-digits-light."
            )
        if not (folder / "model.safetensors").exists():
            raise DataError(f"{path} has no model yet: the run has not reached its first checkpoint.")
        where = f"{folder}/config.json"
        saved = from_json(_Saved, read_json(folder / "config.json"), where)
        recipe = find_recipe(saved.recipe)
        settings = from_json(recipe.config, saved.settings, f"{where}, settings")
        check_numbers(settings)
        try:
            game = recipe.build(settings, saved.space)
        except (ValueError, RuntimeError) as error:
            raise DataError(f"The settings in {where} make no network: {error}.") from error
        weights = _read_weights(folder / "model.safetensors")
        known = _known(saved, weights.pop(_TABLE, None), where)
        model = cls(recipe, settings, saved.space, codec_from_json(saved.codec), known, game, facts=saved.facts)
        model._load_weights(weights, folder / "model.safetensors")
        return model

    @classmethod
    def from_pretrained(cls, name_or_path: str, *, revision: str | None = None, token: str | None = None) -> "Model":
        """Read a model from a folder, or from the Hugging Face Hub by `owner/name`."""
        if Path(name_or_path).exists():
            return cls.load(name_or_path)
        from huggingface_hub import snapshot_download

        return cls.load(snapshot_download(name_or_path, revision=revision, token=token))

    def _config(self) -> dict[str, Any]:
        return {
            "zerosum": __version__,
            "recipe": self.recipe.name,
            "settings": to_json(self.settings),
            "space": to_json(self.space),
            "codec": self.codec.to_json(),
            "facts": self.facts,
            "conditions": None if self.known is None else self.known.to_json() or None,
        }

    def _load_weights(self, weights: dict[str, torch.Tensor], path: Path) -> None:
        for name, module in self._modules.items():
            own = {key.removeprefix(f"{name}."): v for key, v in weights.items() if key.startswith(f"{name}.")}
            wrong = _misfits(module.state_dict(), own)
            if wrong:
                raise DataError(
                    f"{path} does not hold the weights of this {self.recipe.name}: tensors are missing, left over or "
                    f'of another shape ({len(wrong)}, first "{wrong[0]}"). If another version of zerosum made it, load '
                    "it with that one."
                )
            module.load_state_dict(own)
            arrange(module, self.space).eval().requires_grad_(False)


def _named(modules: Modules) -> dict[str, torch.Tensor]:
    """The tensors of networks, by network and name."""
    return {
        f"{name}.{key}": value.detach().cpu().contiguous()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }


def _misfits(wanted: dict[str, torch.Tensor], given: dict[str, torch.Tensor]) -> list[str]:
    """Names of tensors that are not in both, or not of the same shape."""
    return [
        name
        for name in {**wanted, **given}
        if name not in wanted or name not in given or wanted[name].shape != given[name].shape
    ]


def _read_weights(path: Path) -> dict[str, torch.Tensor]:
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from error


def _known(saved: _Saved, table: torch.Tensor | None, where: str) -> Conditions | None:
    """What a model's samples can be told to be; it must be what its networks were made for."""
    if saved.conditions is None:
        return None
    known = conditions_from(saved.conditions, table, where)
    names = known.names if isinstance(known, Classes) else ()
    if names != saved.space.classes or known.width != saved.space.condition_width:
        raise DataError(f"{where}: what samples can be told is not what the networks were made for.")
    return known


def _is_model(folder: Path) -> bool:
    """Whether a folder holds a model of ours, which may be replaced."""
    try:
        from_json(_Saved, read_json(folder / "config.json"))
    except ZerosumError:
        return False
    return True
