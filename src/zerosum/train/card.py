"""The model card: what a person who finds the folder wants to know."""

from typing import Any

from zerosum.config.adversarial import Adversarial
from zerosum.core.registry import Recipe
from zerosum.core.space import Space
from zerosum.data.conditions import Captions, Conditions


def model_card(recipe: Recipe, space: Space, known: Conditions | None, facts: dict[str, Any], stream: str) -> str:
    """A README in Markdown, with the front matter that the Hugging Face Hub reads; `stream` is the prior's."""
    shape = " x ".join(map(str, space.shape))
    samples = f"rows of a table, {shape} numbers for networks" if space.kind == "table" else f"{space.kind}, {shape}"
    told = f"- can be asked for: {_offer(known)}\n" if known else ""
    said = "".join(f"- {name.replace('_', ' ')}: {value}\n" for name, value in facts.items())
    tag = "unconditional-image-generation" if space.kind == "image" and known is None else "other"
    kind = "gan\n- " if issubclass(recipe.config, Adversarial) else ""
    call = "model.sample(64, seed=0" + (f", condition={known.words(0)!r})" if known else ")")
    return f"""---
library_name: zerosum
pipeline_tag: {tag}
tags:
- {kind}zerosum
- {recipe.name}
---

# {recipe.name} trained on {facts.get("data", "own data")}

{recipe.summary} ({recipe.paper})

- samples: {samples}
{told}{said}
```python
import zerosum

model = zerosum.load("path/to/this/folder")
samples = {call}
```

Sample number s is made from {stream}: it is the same sample everywhere.
"""


def _offer(known: Conditions) -> str:
    """What samples can be told to be, in a line."""
    if isinstance(known, Captions):
        return f"words, as in {known.words(0)!r}, read by {known.encoder}"
    return "; ".join(known.words(index) for index in range(min(len(known.frequencies), 100)))
