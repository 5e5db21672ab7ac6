"""Models that learn from rows of tables: trees, forests and a linear one, as scikit-learn has them."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from zerosum.data.tables.columns.column import Column

MOST_ONE_HOT = 64
"""Levels of a column that a linear model tells apart; the rarer ones are one to it."""

MOST_ORDERED = 255
"""Levels up to which boosted trees tell them apart; those of other columns are numbers to them."""

TREES = 100

ROUNDS = 200
"""Of boosting, divided among the classes."""

FEWEST_ROUNDS = 20


def inputs(columns: Sequence[Column], rows: np.ndarray) -> np.ndarray:
    """Stored rows (n, k) as models take them: a missing choice is -1, a missing number NaN, an infinite one none."""
    choices = np.array([not column.is_number for column in columns], bool)
    return np.where(choices & np.isnan(rows), -1.0, rows)


def classifiers(columns: Sequence[Column], classes: int = 2) -> dict[str, Any]:
    """Untrained classifiers of rows of these columns, by what they are called."""
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    boosted = HistGradientBoostingClassifier(max_iter=max(FEWEST_ROUNDS, ROUNDS // classes), **_boosting(columns))
    return {
        "boosted trees": boosted,
        "logistic regression": _linear(columns, LogisticRegression(max_iter=100)),
        "random forest": RandomForestClassifier(TREES, random_state=0),
    }


def regressors(columns: Sequence[Column]) -> dict[str, Any]:
    """Untrained models that predict a number from rows of these columns, by what they are called."""
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
    from sklearn.linear_model import Ridge

    return {
        "boosted trees": HistGradientBoostingRegressor(max_iter=TREES, **_boosting(columns)),
        "ridge regression": _linear(columns, Ridge()),
        "random forest": RandomForestRegressor(TREES, random_state=0, max_features=1 / 3),
    }


@contextmanager
def quietly() -> Iterator[None]:
    """Let models learn in one thread, and keep to themselves that an optimiser stopped early or a level is new to them.

    More threads are hardly faster with so few rows, many times slower where others use the processor too, and add in
    another order on other machines.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _boosting(columns: Sequence[Column]) -> dict[str, Any]:
    """What boosted trees are told of the columns, and that nothing depends on chance."""
    apart = [not column.is_number and len(column.levels) <= MOST_ORDERED for column in columns]
    return {"categorical_features": apart, "early_stopping": False, "random_state": 0}


def _linear(columns: Sequence[Column], model: Any) -> Any:
    """A linear model of numbers in units of their spread, and of a coordinate for each level."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = [number for number, column in enumerate(columns) if column.is_number]
    choices = [number for number, column in enumerate(columns) if not column.is_number]
    filled = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
    levels = OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MOST_ONE_HOT)
    parts = [("numbers", make_pipeline(filled, StandardScaler()), numbers), ("choices", levels, choices)]
    return make_pipeline(ColumnTransformer(parts), model)
