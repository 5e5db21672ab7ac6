"""`zerosum recipes`."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from zerosum import recipes as _recipes  # noqa: F401  registers the recipes
from zerosum.core.errors import SettingError
from zerosum.core.registry import recipes


def main(arguments: Sequence[str]) -> None:
    """Print a table of the recipes."""
    if set(arguments) - {"-h", "--help"}:
        raise SettingError(f"`zerosum recipes` takes no arguments; it was given {' '.join(arguments)}.")
    table = Table("recipe", "learns", "told", "what it is", "paper", box=None, pad_edge=False)
    for recipe in recipes():
        learns = ", ".join(recipe.kinds)
        told = "nothing" if recipe.condition is None else recipe.condition + " *" * recipe.needs_condition
        table.add_row(recipe.name, learns, told, recipe.summary, recipe.paper)
    Console().print(table, "* cannot do without", sep="\n")
