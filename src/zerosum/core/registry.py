"""The registry of recipes: a recipe that is registered has flags, help, JSON, a table row and a test."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_type_hints

from zerosum.core.errors import SettingError, nearest_name
from zerosum.core.space import Space

Told = Literal["classes", "attributes", "captions"]
"""What a recipe can be told of samples."""

Numbers = Literal["pieces", "modes"]
"""How numbers of tables are told to networks."""


def named_by_kind(space: Space) -> str:
    """The preset that has the name of the samples' kind."""
    return space.kind


@dataclass(frozen=True)
class Recipe:
    """A named system: settings, and the function that makes a game of them.

    Attributes:
        name: What a person calls it, for example "wgan-gp".
        kinds: Kinds of samples it learns: "image", "points", "table".
        config: The frozen dataclass of its settings; the defaults are the paper's.
        build: Makes the game: (config, space) -> Game.
        presets: Named settings for data that the paper's numbers do not carry over to.
        suitable: Names the preset for a space; where there is none of that name, the config's defaults are taken.
        condition: What it can be told of samples: "classes", "attributes" or "captions"; None where nothing.
        needs_condition: Whether it cannot do without.
        numbers: How the numbers of tables are told to its networks: by pieces of about as many rows, or by the modes of
            a mixture.
        summary: One line for tables and help.
        paper: Author, year and address of the publication.
    """

    name: str
    kinds: tuple[str, ...]
    config: type
    build: Callable[[Any, Space], Any]
    presets: Mapping[str, Any] = field(default_factory=dict)
    suitable: Callable[[Space], str] = named_by_kind
    condition: Told | None = "classes"
    needs_condition: bool = False
    numbers: Numbers = "pieces"
    summary: str = ""
    paper: str = ""

    def settings(self, space: Space, preset: str | None = None) -> Any:
        """The settings to start from: those of a named preset, or those that suit the space."""
        if preset is None:
            return self.presets.get(self.suitable(space)) or self.config()
        if preset not in self.presets:
            raise SettingError(
                f'The recipe {self.name} has no preset "{preset}". {nearest_name(preset, self.presets)}.'
                if self.presets
                else f'The recipe {self.name} has no presets, so leave out --preset "{preset}".'
            )
        return self.presets[preset]


_RECIPES: dict[str, Recipe] = {}


def recipe(
    name: str,
    *,
    kinds: tuple[str, ...],
    paper: str,
    presets: Mapping[str, Any] | None = None,
    suitable: Callable[[Space], str] = named_by_kind,
    condition: Told | None = "classes",
    needs_condition: bool = False,
    numbers: Numbers = "pieces",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function as the recipe `name`; its first parameter's type is the recipe's config."""

    def register(build: Callable[..., Any]) -> Callable[..., Any]:
        assert name not in _RECIPES, f"two recipes are called {name}"
        config = get_type_hints(build)["config"]
        summary = (inspect.getdoc(build) or "").split("\n", 1)[0]
        learns = (condition, needs_condition, numbers)
        _RECIPES[name] = Recipe(name, kinds, config, build, dict(presets or {}), suitable, *learns, summary, paper)
        return build

    return register


def recipes() -> tuple[Recipe, ...]:
    """Every registered recipe, by name."""
    return tuple(_RECIPES[name] for name in sorted(_RECIPES))


def find_recipe(name: str) -> Recipe:
    """The recipe called `name`; an unknown name is a `SettingError` that offers the nearest one."""
    if name not in _RECIPES:
        raise SettingError(f'There is no recipe "{name}". {nearest_name(name, _RECIPES)}.')
    return _RECIPES[name]
