"""Options that go with one kind of data, refused for others rather than ignored."""

from zerosum.config.data import DataOptions
from zerosum.core.errors import SettingError


def check_no_pictures(source: str, what: str, options: DataOptions) -> None:
    """Refuse options for pictures.

    Args:
        source: The data.
        what: What they are instead, as in "a set of points".
        options: What was asked for.

    Raises:
        SettingError: An option for pictures was given.
    """
    usual = DataOptions()
    for option in ("size", "fit", "background", "channels", "mirror"):
        if getattr(options, option) != getattr(usual, option):
            raise SettingError(f"{source} is {what}, and --{option} is for pictures; leave it out.")
