"""Which preset suits which data, for recipes that learn points, small pictures and large ones."""

from zerosum.core.space import Space

LARGE = 48
"""Pictures with a side of more pixels than this are large."""


def by_size(space: Space) -> str:
    """The kind of samples that are no pictures; of pictures, whether they are small or large."""
    if space.kind != "image":
        return space.kind
    return "large" if max(space.shape[1:]) > LARGE else "small"
