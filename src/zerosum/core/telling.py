"""What a generator of rows can be told."""

from typing import Literal

Tells = Literal["nothing", "one category", "any"]
"""Nothing, the category of one column, or any entries."""
