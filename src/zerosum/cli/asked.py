"""What samples are asked to be, by flags that every verb which makes samples takes."""

from dataclasses import dataclass
from typing import Annotated

import tyro

from zerosum.core.errors import SettingError
from zerosum.data.conditions import Request
from zerosum.train.model import Model


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Flags that say what samples are to be; which of them means something depends on the model."""

    class_: Annotated[str | None, tyro.conf.arg(name="class")] = None
    """Name or index of the class to make; by default each sample has its own, as often as in the data."""
    attributes: str | None = None
    """What samples are to have and what not, as in "glasses, hair=red, beard=no"; the rest is as in the data."""
    prompt: str | None = None
    """What to make, in words, of a model that is told in words: "red heart"."""
    where: str | None = None
    """What rows of a table are to be like: "income = '>50K' and age >= 30"."""

    def request(self, model: Model) -> Request | None:
        """What the samples are to be, by whichever flag suits the model; None where nothing is asked.

        Raises:
            SettingError: A flag for another kind of model is given.
        """
        given = {
            "--class": self.class_,
            "--attributes": self.attributes,
            "--prompt": self.prompt,
            "--where": self.where,
        }
        known = model.known
        for flag, text in given.items():
            if text is not None and (known is None or flag != known.flag):
                able = "it was told nothing of its samples" if known is None else f"it takes {known.flag}"
                raise SettingError(f"{flag} means nothing to this model of the recipe {model.recipe.name}: {able}.")
        text = None if known is None else given[known.flag]
        return None if known is None or text is None else known.read(text)
