"""Which preset suits which data, for recipes that learn points, small pictures and large ones."""

from zerosum.core.space import Space

LARGE = 48
"""Pictures with a side of more pixels than this are large."""


def by_size(space: Space) -> str:
    """The kind of samples that are no pictures; of pictures, whether they are small or large."""
    if space.kind != "image":
        return space.kind
    return "large" if max(space.shape[1:]) > LARGE else "small"


LARGEST = 128
"""Pictures with a side of more pixels than this want a graphics card, and the networks of the papers."""


def by_side(space: Space) -> str:
    """For recipes that learn nothing but pictures: small or large ones, or those that take the paper's settings."""
    return "paper" if max(space.shape[1:]) > LARGEST else by_size(space)
