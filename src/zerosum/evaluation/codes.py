"""What each code of a prior does to the samples, for people to look at."""

import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import one_hot

from zerosum.drawing.gallery import labelled_rows
from zerosum.evaluation.comparison import Comparison, Metric
from zerosum.evaluation.measure import Figure, Found
from zerosum.game.priors import Codes
from zerosum.train.model import Model

COLUMNS = 10
REACH = 2
"""Continuous codes are swept from -REACH to REACH, beyond the [-1, 1] of training (Chen et al. 2016, Figure 2)."""


def code_sheet(model: Model, prior: Codes) -> Image.Image:
    """A row for each value of each categorical code, and one for each continuous code."""
    return labelled_rows([(label, model.codec.decode(model.generate(latents))) for label, latents in code_rows(prior)])


def code_rows(prior: Codes) -> list[tuple[str, Tensor]]:
    """What is drawn in each row, and its latents (COLUMNS, dimension).

    A categorical code has the same value all along a row, and everything else is that of samples 0, 1, 2 and so on. A
    continuous code is swept along a row, and everything else is that of sample 0.
    """
    samples, rows = prior.latents(range(COLUMNS)), []
    for index, values in enumerate(prior.categorical):
        for value in range(values):
            latents = samples.clone()
            prior.parts(latents)[1 + index].copy_(one_hot(torch.tensor(value), values))
            rows.append((f"code {index + 1}, value {value}", latents))
    for index in range(prior.continuous):
        latents = samples[:1].repeat(COLUMNS, 1)
        prior.parts(latents)[-1][:, index] = torch.linspace(-REACH, REACH, COLUMNS)
        rows.append((f"continuous {index + 1}, {-REACH} to {REACH}", latents))
    return rows


def _codes(comparison: Comparison) -> Found:
    model = comparison.subject.model
    assert model is not None and isinstance(model.prior, Codes), "the metric refuses models without codes"
    caption = (
        "Along a row of a categorical code only the rest of the latent changes; along a row of a continuous code "
        "nothing but that code does, and it was trained from -1 to 1."
    )
    return Found(figures=[Figure("codes", "What each code does", caption, code_sheet(model, model.prior))])


def _needs_codes(comparison: Comparison) -> str | None:
    model = comparison.subject.model
    if model is None or not isinstance(model.prior, Codes):
        return "it needs a model whose prior has codes, such as those of infogan"
    return None if comparison.space.kind == "image" else "it draws pictures"


METRICS = (Metric("codes", "what each code of the prior does, drawn", _needs_codes, _codes, usual=("image",)),)
