"""A trained model: a folder with a generator in it, and the samples that it makes."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from zerosum.config.base import check_numbers, from_json, to_json
from zerosum.core.errors import DataError, SettingError, ZerosumError, nearest_name
from zerosum.core.files import read_json, replacing, write_json
from zerosum.core.registry import Recipe, find_recipe
from zerosum.core.space import Space
from zerosum.core.version import __version__
from zerosum.data.codec import Codec, codec_from_json
from zerosum.game.game import Game, Modules
from zerosum.game.priors import Prior
from zerosum.train.card import model_card
from zerosum.train.devices import arrange

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True, kw_only=True)
class _Saved:
    """What a model's config.json holds."""

    zerosum: str
    recipe: str
    settings: dict
    space: Space
    codec: dict
    facts: dict


class Model:
    """A generator together with all that is needed to sample from it.

    Attributes:
        recipe: Which system it is.
        settings: The recipe's config that it was built with.
        space: What a sample is.
        codec: From the generator's range to stored samples.
        facts: What else is known of it, for its card: data, samples seen.
    """

    def __init__(
        self,
        recipe: Recipe,
        settings: Any,
        space: Space,
        codec: Codec,
        game: Game,
        modules: Modules | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        self.recipe, self.settings, self.space, self.codec = recipe, settings, space, codec
        self.facts = facts or {}
        self._game = game
        everyone = modules or {name: player.module for name, player in game.players.items()}
        self._modules = {name: everyone[name] for name in game.model}

    @torch.no_grad()
    def sample(
        self,
        count: int = 1,
        seed: int = 0,
        condition: int | str | None = None,
        seeds: Sequence[int] | None = None,
        truncation: float | None = None,
    ) -> np.ndarray:
        """Samples as they are stored: uint8 (count, height, width, channels) for pictures, float32 for points.

        Sample number s is the same whatever else is sampled with it. Without a `condition`, each sample's class is
        drawn by its number, as often as the class is in the data.

        Args:
            count: How many; ignored when `seeds` are given.
            seed: Number of the first sample; the others follow it.
            condition: A class's name or index for all samples.
            seeds: The numbers of the samples to make.
            truncation: The smaller, the more typical and the less varied are the samples; None for all that there are.

        Raises:
            SettingError: No such class, a model without classes or truncation, or a number that is not allowed.
        """
        numbers = list(range(seed, seed + count)) if seeds is None else [int(number) for number in seeds]
        if not numbers:
            raise SettingError("No samples were asked for: count must be at least 1.")
        if min(numbers) < 0 or max(numbers) > LARGEST_SEED:
            raise SettingError(
                f"Sample numbers go from 0 to {LARGEST_SEED}; asked for {min(numbers)} to {max(numbers)}."
            )
        latents = self._game.prior.latents(numbers)
        classes = self.classes(numbers, condition)
        # A network's arithmetic may differ in the last bit from one batch shape to another; one shape for all does not.
        chunk = max(1, min(32, 2**20 // self.space.size))
        parts = [
            self._chunk(latents[i : i + chunk], None if classes is None else classes[i : i + chunk], chunk, truncation)
            for i in range(0, len(numbers), chunk)
        ]
        return np.concatenate(parts)

    @property
    def prior(self) -> Prior:
        """Where latents come from."""
        return self._game.prior

    @property
    def parameters(self) -> int:
        """How many numbers the networks that are needed to sample consist of."""
        return sum(parameter.numel() for module in self._modules.values() for parameter in module.parameters())

    def to(self, device: torch.device | str) -> "Model":
        """This model, with its networks on a device."""
        for module in self._modules.values():
            module.to(device)
        return self

    @torch.no_grad()
    def generate(
        self, latents: torch.Tensor, classes: torch.Tensor | None = None, truncation: float | None = None
    ) -> torch.Tensor:
        """Samples in the model's range, (n, *space.shape), float32, of latents (n, dimension) and class indices (n,).

        They are not rounded to what is stored, and may differ in the last bit from those of `sample`.

        Raises:
            SettingError: Truncation is asked of a system that knows none, or is not a number from 0 on.
        """
        generate = self._game.generate if truncation is None else self._truncated(truncation)
        with evaluating(self._modules):
            condition = None if classes is None else classes.to(self._device)
            return generate(self._modules, latents.to(self._device), condition).float()

    def classes(self, seeds: Sequence[int], condition: int | str | None = None) -> torch.Tensor | None:
        """The class index of each numbered sample, shape (n,); None for a model without classes."""
        if not self.space.classes:
            if condition is not None:
                raise SettingError(f"This model has no classes, so it cannot make samples of class {condition!r}.")
            return None
        if condition is None:
            return self._game.prior.classes(seeds, self.space.frequencies)
        names = self.space.classes
        if str(condition) in names:
            index = names.index(str(condition))
        elif isinstance(condition, int) and 0 <= condition < len(names):
            index = condition
        else:
            raise SettingError(f"This model has no class {condition!r}. {nearest_name(str(condition), names)}.")
        return torch.full((len(seeds),), index)

    def save(self, folder: Path | str) -> Path:
        """Write the model as a folder that `load` and the Hugging Face Hub read; an earlier one there is replaced."""
        folder = Path(folder)
        if folder.exists() and any(folder.iterdir()) and not _is_model(folder):
            raise DataError(f"{folder} is not empty and is not a model. Choose another folder to save to.")
        weights = {
            f"{name}.{key}": value.detach().cpu().contiguous()
            for name, module in self._modules.items()
            for key, value in module.state_dict().items()
        }
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / "model.safetensors") as temporary:
            save_file(weights, temporary, metadata={"format": "pt"})
        write_json(folder / "config.json", self._config())
        with replacing(folder / "README.md") as temporary:
            temporary.write_text(model_card(self.recipe, self.space, self.facts), encoding="utf-8")
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
        model = cls(recipe, settings, saved.space, codec_from_json(saved.codec), game, facts=saved.facts)
        model._load_weights(folder / "model.safetensors")
        return model

    @classmethod
    def from_pretrained(cls, name_or_path: str, *, revision: str | None = None, token: str | None = None) -> "Model":
        """Read a model from a folder, or from the Hugging Face Hub by `owner/name`."""
        if Path(name_or_path).exists():
            return cls.load(name_or_path)
        from huggingface_hub import snapshot_download

        return cls.load(snapshot_download(name_or_path, revision=revision, token=token))

    def _truncated(self, truncation: float) -> Callable[[Modules, torch.Tensor, torch.Tensor | None], torch.Tensor]:
        truncated = self._game.truncated
        if truncated is None:
            raise SettingError(f"A model of the recipe {self.recipe.name} knows no truncation; sample without one.")
        if not 0 <= truncation < math.inf:
            raise SettingError(f"The truncation is {truncation}; it must be a number from 0 on.")
        return lambda modules, latents, condition: truncated(modules, latents, condition, truncation)

    def _chunk(
        self, latents: torch.Tensor, classes: torch.Tensor | None, size: int, truncation: float | None
    ) -> np.ndarray:
        missing, wanted = size - len(latents), len(latents)
        if missing:
            latents = torch.cat([latents, latents[:1].expand(missing, -1)])
            classes = None if classes is None else torch.cat([classes, classes[:1].expand(missing)])
        return self.codec.decode(self.generate(latents, classes, truncation))[:wanted]

    @property
    def _device(self) -> torch.device:
        return next(parameter.device for module in self._modules.values() for parameter in module.parameters())

    def _config(self) -> dict[str, Any]:
        return {
            "zerosum": __version__,
            "recipe": self.recipe.name,
            "settings": to_json(self.settings),
            "space": to_json(self.space),
            "codec": self.codec.to_json(),
            "facts": self.facts,
        }

    def _load_weights(self, path: Path) -> None:
        try:
            weights = load_file(path)
        except (OSError, SafetensorError) as error:
            raise DataError(f"{path} cannot be read: {error}.") from error
        for name, module in self._modules.items():
            own = {key.removeprefix(f"{name}."): v for key, v in weights.items() if key.startswith(f"{name}.")}
            try:
                module.load_state_dict(own)
            except RuntimeError as error:
                raise DataError(f"{path} does not hold the weights of this {self.recipe.name}: {error}") from error
            arrange(module, self.space).eval().requires_grad_(False)


def _is_model(folder: Path) -> bool:
    """Whether a folder holds a model of ours, which may be replaced."""
    try:
        from_json(_Saved, read_json(folder / "config.json"))
    except ZerosumError:
        return False
    return True


@contextmanager
def evaluating(modules: Modules) -> Iterator[None]:
    """Put networks in evaluation mode, and back as they were: looking at samples must not change the training."""
    before = {name: module.training for name, module in modules.items()}
    for module in modules.values():
        module.eval()
    try:
        yield
    finally:
        for name, module in modules.items():
            module.train(before[name])
