"""The model card: what a person who finds the folder wants to know."""

from typing import Any

from zerosum.config.adversarial import Adversarial
from zerosum.core.registry import Recipe
from zerosum.core.space import Space


def model_card(recipe: Recipe, space: Space, facts: dict[str, Any]) -> str:
    """A README in Markdown, with the front matter that the Hugging Face Hub reads."""
    shape = " x ".join(map(str, space.shape))
    classes = f"- classes: {', '.join(space.classes)}\n" if space.classes else ""
    known = "".join(f"- {name.replace('_', ' ')}: {value}\n" for name, value in facts.items())
    tag = "unconditional-image-generation" if space.kind == "image" and not space.classes else "other"
    kind = "gan\n- " if issubclass(recipe.config, Adversarial) else ""
    call = "model.sample(64, seed=0" + (f', condition="{space.classes[0]}")' if space.classes else ")")
    return f"""---
library_name: zerosum
pipeline_tag: {tag}
tags:
- {kind}zerosum
- {recipe.name}
---

# {recipe.name} trained on {facts.get("data", "own data")}

{recipe.summary} ({recipe.paper})

- samples: {space.kind}, {shape}
{classes}{known}
```python
import zerosum

model = zerosum.load("path/to/this/folder")
samples = {call}
```

Sample number s has the latent that `numpy.random.RandomState(s)` draws first: it is the same sample everywhere.
"""
