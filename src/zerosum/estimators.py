"""For scikit-learn: an estimator that learns from real rows and from synthetic ones beside them."""

import tempfile
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from zerosum.api import fit
from zerosum.core.errors import DataError, SettingError
from zerosum.train.model import Model

TARGET = "target"
"""What the column of the answers is called while rows are learned."""


def _has(name: str) -> Any:
    """Whether the wrapped estimator has a method."""
    return available_if(lambda self: hasattr(self.estimator, name))


class Augmented(MetaEstimatorMixin, BaseEstimator):
    """Trains a generator on the training rows, and an estimator on these and on rows that the generator makes.

    It is a step like any other: `make_pipeline(scaler, Augmented(classifier))`, also in a search or a cross-validation,
    where each fold has a generator of its own that has seen nothing of the others.

    Args:
        estimator: What learns from the rows.
        share: Synthetic rows for each real one.
        balance: Of a classification: make of each class as many rows as bring all classes to the size of the largest,
            in place of `share`.
        minutes: How long the generator is trained.
        samples: Rows that it is trained on, in place of `minutes`; then the same rows make the same generator.
        recipe: Which system, for `zerosum.fit`.
        seed: Of everything random.
        settings: Further settings of the recipe.

    Attributes:
        estimator_: The trained estimator.
        generator_: The trained generator, a `zerosum.Model`.
        classes_: Of a classification.
    """

    def __init__(
        self,
        estimator: Any,
        share: float = 1.0,
        balance: bool = False,
        minutes: float | None = 1.0,
        samples: int | None = None,
        recipe: str = "auto",
        seed: int = 0,
        settings: dict[str, Any] | None = None,
    ) -> None:
        self.estimator, self.share, self.balance = estimator, share, balance
        self.minutes, self.samples, self.recipe, self.seed, self.settings = minutes, samples, recipe, seed, settings

    def fit(self, X: Any, y: Any) -> "Augmented":
        """Train the generator, then the estimator.

        Args:
            X: Rows (n, columns): an array or a frame.
            y: Their answers, (n,).

        Raises:
            SettingError: Nothing is to be made, or classes are to be balanced where there are none.
            DataError: A column of X cannot be learned.
        """
        if self.share < 0 or not np.isfinite(self.share):
            raise SettingError(f"share is {self.share}; it must be a number from 0 on.")
        classes = is_classifier(self.estimator)
        if self.balance and not classes:
            raise SettingError("balance=True brings classes to one size, and the estimator knows none; leave it out.")
        rows: Any = pd.DataFrame(X).reset_index(drop=True)
        names = [str(name) for name in rows.columns]
        answers = pd.Series(np.asarray(y), name=TARGET)
        table = pd.concat([rows.set_axis(names, axis=1), answers], axis=1)
        with tempfile.TemporaryDirectory() as folder:
            self.generator_: Model = fit(
                table,
                recipe=self.recipe,
                minutes=None if self.samples else self.minutes,
                samples=self.samples,
                seed=self.seed,
                out=folder,
                options={"column": (f"{TARGET}=category",)} if classes else None,
                **(self.settings or {}),
            )
        made = self._made(answers)
        lacking = [name for name in names if name not in made.columns]
        if lacking:
            raise DataError(
                f"The column(s) {', '.join(lacking)} are free text, which is not learned, so no rows can be made that "
                "have them. Leave them out, or turn them into numbers or categories first."
            )
        whole: Any = pd.concat([table, made[table.columns]], ignore_index=True)
        inputs: Any = whole[names].set_axis(rows.columns, axis=1)
        wanted = np.concatenate([np.asarray(y), self._answers(made, np.asarray(y).dtype)])
        self.estimator_: Any = clone(self.estimator)
        self.estimator_.fit(inputs if isinstance(X, pd.DataFrame) else inputs.to_numpy(), wanted)
        if classes:
            self.classes_ = self.estimator_.classes_
        return self

    @_has("predict")
    def predict(self, X: Any) -> np.ndarray:
        """What the estimator predicts, (n,)."""
        check_is_fitted(self)
        return self.estimator_.predict(X)

    @_has("predict_proba")
    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class, (n, classes)."""
        check_is_fitted(self)
        return self.estimator_.predict_proba(X)

    @_has("decision_function")
    def decision_function(self, X: Any) -> np.ndarray:
        """The estimator's decision function."""
        check_is_fitted(self)
        return self.estimator_.decision_function(X)

    @_has("score")
    def score(self, X: Any, y: Any) -> float:
        """The estimator's score."""
        check_is_fitted(self)
        return self.estimator_.score(X, y)

    def __sklearn_tags__(self) -> Any:
        """Those of the estimator."""
        tags = super().__sklearn_tags__()
        inner = self.estimator.__sklearn_tags__()
        tags.estimator_type, tags.classifier_tags = inner.estimator_type, inner.classifier_tags
        tags.regressor_tags, tags.target_tags = inner.regressor_tags, inner.target_tags
        return tags

    def _made(self, answers: pd.Series) -> pd.DataFrame:
        """The synthetic rows, with their answers."""
        if not self.balance:
            return self.generator_.sample(max(1, round(self.share * len(answers))), seed=0)
        counts = answers.value_counts()
        parts = [
            self.generator_.sample(int(counts.max() - count), condition=f"{TARGET} = {_quoted(value)}")
            for value, count in counts.items()
            if count < counts.max()
        ]
        return pd.concat(parts, ignore_index=True) if parts else self.generator_.sample(1).iloc[:0]

    def _answers(self, made: pd.DataFrame, dtype: np.dtype) -> np.ndarray:
        """The answers of synthetic rows in the type of the real ones."""
        answers = made[TARGET]
        if dtype.kind == "b":
            return (answers.astype(str) == "True").to_numpy()
        return answers.to_numpy().astype(dtype)


def _quoted(value: Any) -> str:
    """A value as expressions have texts."""
    return "'" + str(value).replace("'", "''") + "'"
