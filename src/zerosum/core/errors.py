"""Errors meant for a person: one or two sentences that say what was wrong, what is allowed and what to do.

The command line prints the sentence without a traceback and exits with the class's code.
"""

import difflib
from collections.abc import Iterable


class ZerosumError(Exception):
    """Any failure that the person at the keyboard can do something about."""

    exit_code = 1


class SettingError(ZerosumError):
    """A flag, a configuration or a combination of them that is not allowed."""

    exit_code = 2


class TrainingError(ZerosumError):
    """Training cannot go on, for example because a loss is no longer finite."""

    exit_code = 3


class DataError(ZerosumError):
    """The samples, a model or a file given by the person cannot be used as they are."""

    exit_code = 4


def nearest_name(name: str, allowed: Iterable[str]) -> str:
    """A phrase that names the allowed words, the most similar one first: `Did you mean "x"? Allowed: ...`."""
    allowed = sorted(allowed)
    close = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
    hint = f'Did you mean "{close[0]}"? ' if close else ""
    return f"{hint}Allowed: {', '.join(allowed)}"
