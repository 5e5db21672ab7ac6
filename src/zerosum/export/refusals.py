"""Models that cannot be exported, and why."""

from zerosum.data.conditions import Captions
from zerosum.export.passes import Cost
from zerosum.export.priors import PRIORS
from zerosum.train.model import Model

LARGEST_PAGE = 200_000_000
"""Bytes of a page that browsers still open well."""

LARGEST_FILE = 2_000_000_000
"""Bytes of an ONNX file, whose format ends a little above."""


def why_no_onnx(model: Model, cost: Cost, size: int) -> str | None:
    """Why a model cannot be written as an ONNX file, in a sentence; None where it can.

    Args:
        model: The model.
        cost: What one of its samples takes.
        size: Bytes that the file would have.
    """
    name = model.recipe.name
    if cost.passes > 1:
        return (
            f"A model of the recipe {name} goes {cost.passes} times through its network for one sample, which one "
            f"graph would hold {cost.passes} times; `zerosum sample` draws its samples."
        )
    if size > LARGEST_FILE:
        return (
            f"An ONNX file has at most {LARGEST_FILE / 1e9:g} GB, and this one would have {size / 1e9:.1f}; the folder "
            "of the model can be shared as it is."
        )
    return None


def why_no_page(model: Model, cost: Cost, size: int) -> str | None:
    """Why a model cannot be made a page, in a sentence; None where it can.

    Args:
        model: The model.
        cost: What one of its samples takes.
        size: Bytes that the page would have.
    """
    name = model.recipe.name
    if model.space.kind == "table":
        return (
            "Rows of tables are written as their columns say, which only zerosum can: draw some with `zerosum sample "
            "MODEL -o rows.csv`, or export the network alone with --to onnx."
        )
    if cost.passes > 1:
        return (
            f"A model of the recipe {name} goes {cost.passes} times through its network for one sample, which takes a "
            "browser too long; `zerosum sample` draws its samples."
        )
    if isinstance(model.known, Captions):
        return (
            f"A model of the recipe {name} is told in words, and what reads these, {model.known.encoder}, does not fit "
            "into a page; `zerosum sample --prompt` draws its samples, and --to onnx takes words that were read before."
        )
    if type(model.prior) not in PRIORS:
        return (
            f"A page cannot draw the latents of the recipe {name}, whose prior is of the kind "
            f"{type(model.prior).__name__}; --to onnx leaves them to the program that uses the file."
        )
    if size > LARGEST_PAGE:
        return (
            f"The page would have {size / 1e6:,.0f} MB, and browsers open up to {LARGEST_PAGE / 1e6:.0f} MB well; "
            "train a smaller generator, or export it with --to onnx."
        )
    return None
