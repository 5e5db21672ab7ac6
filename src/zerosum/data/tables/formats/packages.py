"""The packages that tables need and zerosum does not: imported when the first table is opened."""

import importlib

from zerosum.core.errors import DataError
from zerosum.data.tables.formats.form import Kind

_ALWAYS = ("Tables", ("pandas", "pyarrow"))
_MORE = {"excel": ("Excel workbooks", ("openpyxl",)), "sql": ("Databases", ("sqlalchemy", "duckdb"))}


def need_packages(kind: Kind) -> None:
    """Make sure that what reads and writes tables of this kind is installed.

    Raises:
        DataError: It is not; the message says how to install it.
    """
    for what, names in (_ALWAYS, _MORE.get(kind, _ALWAYS)):
        try:
            for name in names:
                importlib.import_module(name)
        except ImportError:
            raise DataError(f"{what} need {' and '.join(names)}: pip install 'zerosum[tables]'.") from None
