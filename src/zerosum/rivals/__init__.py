"""Systems side by side: trained under the same budget, measured in the same way, shown in one table."""

from zerosum.rivals.compare import Rival, Standing, compare, train_rivals
from zerosum.rivals.files import as_json, as_markdown, write

__all__ = ["Rival", "Standing", "as_json", "as_markdown", "compare", "train_rivals", "write"]
