"""Errors meant for a person: one or two sentences that say what was wrong, what is allowed and what to do.

The command line prints the sentence without a traceback and exits with the class's code.
"""

import difflib
from collections.abc import Iterable


class ZerosumError(Exception):
    """Any failure that the person at the keyboard can do something about."""

    exit_code = 1

    def __reduce__(self) -> tuple[object, ...]:
        # Errors travel between processes, also those whose constructors make the sentence from other things.
        return _again, (type(self), self.args), self.__dict__


class SettingError(ZerosumError):
    """A flag, a configuration or a combination of them that is not allowed."""

    exit_code = 2


class TrainingError(ZerosumError):
    """Training cannot go on, for example because a loss is no longer finite."""

    exit_code = 3


class DataError(ZerosumError):
    """The samples, a model or a file given by the person cannot be used as they are."""

    exit_code = 4


def _again(kind: type[ZerosumError], arguments: tuple[object, ...]) -> ZerosumError:
    """An error as it was, from its class and its sentence."""
    error = kind.__new__(kind)
    error.args = arguments
    return error


def nearest_name(name: str, allowed: Iterable[str]) -> str:
    """A phrase that names the allowed words, the most similar one first: `Did you mean "x"? Allowed: ...`."""
    allowed = sorted(allowed)
    close = difflib.get_close_matches(name, allowed, n=1, cutoff=0.5)
    hint = f'Did you mean "{close[0]}"? ' if close else ""
    return f"{hint}Allowed: {', '.join(allowed)}"
