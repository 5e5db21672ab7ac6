"""Augmented estimators in scikit-learn's pipelines."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zerosum.core.errors import DataError, SettingError
from zerosum.estimators import Augmented

QUICK = {"samples": 4000, "settings": {"usual_batch": 50}}


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(240, 3))
    return x, np.where(x[:, 0] + 0.3 * generator.normal(size=240) > 1, "yes", "no")


def test_it_is_a_step_of_a_pipeline(rows: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = rows
    pipeline = make_pipeline(StandardScaler(), Augmented(LogisticRegression(), **QUICK))
    assert cross_val_score(pipeline, x, y, cv=2).min() > 0.7
    pipeline.fit(x, y)
    assert pipeline.classes_.tolist() == ["no", "yes"] and pipeline.predict_proba(x).shape == (240, 2)


def test_synthetic_rows_stand_beside_the_real_ones(rows: tuple[np.ndarray, np.ndarray]) -> None:
    """The estimator sees all real rows first, in their order and type, and then as many others as were asked for."""
    x, y = rows
    seen: dict[str, np.ndarray] = {}

    class Recording(LogisticRegression):
        def fit(self, X: np.ndarray, y: np.ndarray) -> "Recording":  # type: ignore[override]
            seen["x"], seen["y"] = X, y
            super().fit(X, y)
            return self

    Augmented(Recording(), share=0.5, **QUICK).fit(x, y)
    assert seen["x"].shape == (360, 3) and np.array_equal(seen["x"][:240], x) and np.array_equal(seen["y"][:240], y)
    assert set(seen["y"][240:]) <= {"yes", "no"}
    Augmented(Recording(), balance=True, **QUICK).fit(x, y)
    names, counts = np.unique(seen["y"], return_counts=True)
    assert counts[0] == counts[1] == (y == "no").sum()


def test_numbers_are_answers_too(rows: tuple[np.ndarray, np.ndarray]) -> None:
    x, _ = rows
    frame = pd.DataFrame(x, columns=["a", "b", "c"])
    model = Augmented(LinearRegression(), **QUICK).fit(frame, 2 * x[:, 0])
    assert model.predict(frame).shape == (240,) and model.score(frame, 2 * x[:, 0]) > 0.5
    assert not hasattr(model, "predict_proba")


def test_what_cannot_be(rows: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = rows
    with pytest.raises(SettingError, match="share is -1"):
        Augmented(LogisticRegression(), share=-1, **QUICK).fit(x, y)
    with pytest.raises(SettingError, match="knows none"):
        Augmented(LinearRegression(), balance=True, **QUICK).fit(x, x[:, 0])
    text = pd.DataFrame({"a": x[:, 0], "b": [f"a sentence of many words, number {i}" for i in range(240)]})
    with pytest.raises(DataError, match="free text"):
        Augmented(LogisticRegression(), **QUICK).fit(text, y)
