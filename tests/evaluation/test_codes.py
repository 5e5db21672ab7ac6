"""What each code does is drawn for models that have codes, and each row changes that code alone."""

from pathlib import Path

import numpy as np
import torch

import zerosum
from zerosum.drawing.gallery import SMALL
from zerosum.evaluation.codes import COLUMNS, REACH, code_rows
from zerosum.game.priors import Codes


def test_a_row_changes_one_code() -> None:
    prior = Codes.beside(4, (3, 2), 2)
    rows, samples = code_rows(prior), prior.latents(range(COLUMNS))
    assert len(rows) == 3 + 2 + 2 and len({label for label, _ in rows}) == len(rows)
    for number, (_, latents) in enumerate(rows[:5]):
        index, value = (1, number) if number < 3 else (2, number - 3)
        for part, (found, before) in enumerate(zip(prior.parts(latents), prior.parts(samples), strict=True)):
            if part == index:
                assert (found.argmax(1) == value).all() and (found.sum(1) == 1).all()
            else:
                assert torch.equal(found, before), "the rest is that of other samples in each column"
    for number, (_, latents) in enumerate(rows[5:]):
        column = prior.dimension - 2 + number
        others = torch.arange(prior.dimension) != column
        assert torch.equal(latents[:, others], samples[:1, others].expand(COLUMNS, -1))
        np.testing.assert_allclose(latents[:, column], np.linspace(-REACH, REACH, COLUMNS), rtol=1e-6)


def test_the_report_of_a_model_with_codes_shows_them(digits_run: Path, tmp_path: Path) -> None:
    tiny = {"generator_width": 8, "discriminator_width": 8, "precision": "fp32", "samples": 128, "batch": 32}
    model = zerosum.fit("digits", recipe="infogan", out=tmp_path, name="run", categorical_codes=(3, 2), **tiny)
    settings = {"metrics": "codes", "features": "random-conv", "count": 40}
    figures = {figure.name: figure for figure in zerosum.evaluate(tmp_path / "run", **settings).figures}
    image = np.asarray(figures["codes"].image)
    assert image.shape[0] >= 7 * SMALL
    assert isinstance(model.prior, Codes) and model.prior.categorical == (3, 2)
    found = zerosum.evaluate(digits_run, **settings, where_applicable=True)
    assert "codes" not in {figure.name for figure in found.figures} and "infogan" in found.left_out["codes"]
