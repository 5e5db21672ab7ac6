"""What kind of column it is, from what its entries are like; a person can say otherwise."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.columns.column import TEXT, Column, Kind
from zerosum.data.tables.columns.dates import date_form, digits_of_seconds, offset_of
from zerosum.data.tables.columns.dtypes import decimals_of_type
from zerosum.data.tables.columns.durations import duration_form
from zerosum.data.tables.columns.identifiers import CALLED_SO, EXACT, pattern_of
from zerosum.data.tables.columns.seen import Seen
from zerosum.data.tables.columns.spelling import MARKS, digits_of, is_number, read_numbers
from zerosum.data.tables.columns.tally import Tally

TRUE_AND_FALSE = [{"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"}, {"on", "off"}, {"0", "1"}, {"0.0", "1.0"}]
"""Spellings, in small letters, of columns that say yes or no."""

FREE = 5.0
"""Words that entries have on average from which on they are sentences and not names."""

FEWEST = 20
"""Entries below which nothing is taken for an identifier."""

NEARLY_ALL = 0.95
"""Share of the entries that are numbers from which on the others are taken for mistakes."""

UNLIKE = 0.9
"""Share of the entries that are different from all others from which on texts cannot be learned."""

Answer = Column | None


def detect(tally: Tally, comma: bool = False, declared: Kind | None = None) -> Column:
    """What a column is, as far as its different entries say; ranges and steps are found when all are read.

    Args:
        tally: Its entries.
        comma: Whether text has a decimal comma.
        declared: What a person says it is, if anything.

    Raises:
        DataError: Numbers and other things are mixed in it, or numbers are infinite or too large.
        SettingError: It cannot be what it is declared to be.
    """
    seen = Seen(tally, comma)
    if declared is not None:
        return _declared(seen, declared)
    questions = (_constant, _boolean, _typed, _date, _clock, _number, _marked, _mixed, _identifier, _free_text)
    answers = (question(seen) for question in questions)
    found = next((column for column in answers if column is not None), None)
    return found or _category(seen, "category", "texts that repeat")


def _declared(seen: Seen, declared: Kind) -> Column:
    """The column as a person says it is."""
    why, tally = "as you say", seen.tally
    if declared in ("boolean", "category", "ordinal"):
        if tally.more or (declared == "boolean" and tally.distinct > 2):
            allowed = "two are allowed" if declared == "boolean" else "declare it an identifier or a text"
            raise SettingError(
                f'The column "{tally.name}" cannot be {declared}: it has {tally.distinct:,} different entries or more; '
                f"{allowed}."
            )
        return _category(seen, declared, why)
    if declared == "constant":
        most = tally.counts.nlargest(1).index
        return seen.column("constant", why, levels=tuple(str(value) for value in most))
    if declared == "text":
        return seen.column("text", why)
    if declared == "identifier":
        values = _whole_numbers(seen)
        if values is not None:
            return _counting(seen, values, why)
        dtype = tally.dtype if tally.family == "text" else TEXT
        return seen.column("identifier", why, form=pattern_of(seen.texts), dtype=dtype)
    questions: dict[Kind, Sequence[Callable[[Seen], Answer]]] = {
        "integer": (_typed, _number, _marked),
        "decimal": (_typed, _number, _marked),
        "date": (_typed, _date, _marked),
        "duration": (_typed, _clock),
    }
    as_it_is = replace(seen, judged=False)
    for question in questions[declared]:
        column = question(as_it_is)
        if column is not None and (column.kind == declared or (column.kind, declared) == ("integer", "decimal")):
            return replace(column, kind=declared, why=why)
    wrong = next((text for text in seen.texts if not is_number(text, seen.comma) or "." in text), "")
    example = f': it has entries such as "{wrong[:40]}"' if wrong else ", by what its entries are"
    raise SettingError(f'The column "{tally.name}" cannot be {declared}{example}. Leave the declaration out.')


def _category(seen: Seen, kind: Kind, why: str) -> Column:
    known = set(seen.texts)
    order = tuple(level for level in seen.tally.order if level in known)
    if order and kind == "category":
        return seen.column("ordinal", "its type has an order", levels=order)
    return seen.column(kind, why, levels=order or in_order(seen.texts))


def in_order(texts: Sequence[str]) -> tuple[str, ...]:
    """Levels by their value where all are numbers, or else by the alphabet."""
    if digits_of(texts, False) is not None:
        return tuple(sorted(texts, key=float))
    return tuple(sorted(texts))


def _constant(seen: Seen) -> Answer:
    if seen.tally.distinct == 0:
        return seen.column("constant", "no entry at all")
    if seen.tally.distinct == 1 and not seen.tally.missing:
        return seen.column("constant", "always the same", levels=seen.texts)
    return None


def _boolean(seen: Seen) -> Answer:
    if seen.tally.distinct > 2 or seen.is_categorical:
        return None
    if seen.tally.family == "truth":
        return _category(seen, "boolean", f"type {seen.tally.dtype}")
    said = {text.lower() for text in seen.texts}
    if len(seen.texts) == 2 and said in TRUE_AND_FALSE:
        return _category(seen, "boolean", f"{' or '.join(sorted(seen.texts))}")
    return None


def _typed(seen: Seen) -> Answer:
    """By the type that the table's own format has for it."""
    tally = seen.tally
    if seen.is_categorical:
        return _category(seen, "category", f"type {tally.dtype}")
    if tally.family == "text":
        return None
    why = f"type {tally.dtype}"
    if tally.family in ("time", "span"):
        return seen.column("date" if tally.family == "time" else "duration", why)
    values = _finite(seen, tally.counts.index.to_numpy(np.float64))
    whole = bool((values == np.round(values)).all())
    decimals = decimals_of_type(tally.dtype)
    if whole and not decimals and (np.abs(values).max() <= EXACT or not tally.dtype.startswith(("float", "double"))):
        return _integer(seen, values, why)
    return seen.column("decimal", why, decimals=decimals, fewest=decimals or 0)


def _date(seen: Seen) -> Answer:
    if seen.tally.family != "text":
        return None
    form = date_form(seen.texts)
    if form is None:
        return None
    digits = digits_of_seconds(seen.texts)
    offset = offset_of(seen.texts, form)
    facts = {"form": form, "decimals": digits.most, "fewest": digits.fewest, "offset": offset}
    return seen.column("date", f"as {form}", **facts)


def _clock(seen: Seen) -> Answer:
    if seen.tally.family != "text":
        return None
    digits = digits_of_seconds(seen.texts)
    form = duration_form(seen.texts, digits)
    if form is None:
        return None
    return seen.column("duration", f"as {form}", form=form, decimals=digits.most, fewest=digits.fewest)


def _number(seen: Seen) -> Answer:
    if seen.tally.family != "text":
        return None
    comma = seen.comma and any("," in text for text in seen.texts)
    digits = digits_of(seen.texts, comma)
    if digits is None:
        return None
    values = _finite(seen, read_numbers(seen.texts, comma))
    facts = {"decimals": digits.most, "fewest": digits.fewest, "comma": comma}
    if digits.most is None or digits.most > 0:
        why = "with exponents" if digits.most is None else f"up to {digits.most} decimals"
        return seen.column("decimal", why, **facts)
    return _integer(seen, values, "whole numbers", **facts)


def _integer(seen: Seen, values: np.ndarray, why: str, **facts: object) -> Column:
    """A column of whole numbers: what counts rows is an identifier, and what is not exact as float64 a category."""
    tally = seen.tally
    if seen.judged and _stands_for_rows(seen, values):
        return _counting(seen, values)
    if np.abs(values).max() <= EXACT:
        return seen.column("integer", why, **facts)
    if seen.judged and tally.once and tally.known >= FEWEST:
        return _counting(seen, values, "once each, over 15 digits")
    if seen.judged and tally.distinct <= tally.known / 2 and not tally.more:
        return _category(seen, "category", "over 15 digits, repeated")
    raise DataError(
        f'The column "{tally.name}" has whole numbers beyond {EXACT:,}, which cannot be learned exactly. Say that it '
        f'is an identifier or a category, as in --column "{tally.name}=identifier", or make the numbers smaller.'
    )


def _finite(seen: Seen, values: np.ndarray) -> np.ndarray:
    if np.isfinite(values).all():
        return values
    raise DataError(
        f'The column "{seen.tally.name}" has infinite values, or numbers too large for arithmetic, which cannot be '
        "learned. Replace them by numbers, or by nothing, which is taken for missing."
    )


def _stands_for_rows(seen: Seen, values: np.ndarray) -> bool:
    """Whether whole numbers that come once each are numbers of rows, by name or because none is left out."""
    tally = seen.tally
    if not tally.once or tally.known < FEWEST:
        return False
    none_left_out = values.max() - values.min() + 1 == len(values) and not tally.more
    return bool(CALLED_SO.search(tally.name)) or bool(none_left_out)


def _counting(seen: Seen, values: np.ndarray, why: str = "") -> Column:
    """Identifiers that are whole numbers: others are spread over the same range, and go on behind it."""
    low, high = values.min(), values.max()
    step = max(1.0, (high - low) // max(1, seen.tally.known - 1))
    said = why or "once each, counts rows"
    return seen.column("identifier", said, low=float(low), high=float(high), step=float(step))


def _whole_numbers(seen: Seen) -> np.ndarray | None:
    """The entries, where all are whole numbers, and spelled without a sign or a zero in front."""
    if seen.tally.family == "text":
        plain = all(text.isdigit() and text.isascii() and (text[0] != "0" or text == "0") for text in seen.texts)
        return read_numbers(seen.texts, False) if plain and seen.texts else None
    values = seen.tally.counts.index.to_numpy(np.float64) if seen.tally.family == "number" else np.empty(0)
    return values if len(values) and (values == np.round(values)).all() else None


def _marked(seen: Seen) -> Answer:
    """Numbers and dates among which a mark such as "?" stands for what is missing."""
    marks = [text for text in seen.texts if text.lower() in MARKS]
    if seen.tally.family != "text" or len(marks) != 1 or len(seen.texts) < 2:
        return None
    rest = seen.without(marks[0])
    return _date(rest) or _number(rest)


def _identifier(seen: Seen) -> Answer:
    """Short texts without blanks that come once each."""
    tally = seen.tally
    short = all(len(text) <= 64 and " " not in text for text in seen.texts)
    if tally.family != "text" or not tally.once or tally.known < FEWEST or not short:
        return None
    form = pattern_of(seen.texts)
    return seen.column("identifier", "once each", form=form)


def _mixed(seen: Seen) -> Answer:
    """Refuses numbers with a few other things among them.

    Raises:
        DataError: Nearly all entries are numbers.
    """
    others = [text for text in seen.texts if not is_number(text, seen.comma)]
    if seen.tally.family != "text" or len(seen.texts) - len(others) < FEWEST:
        return None
    odd = int(seen.tally.counts[others].sum())
    if odd <= (1 - NEARLY_ALL) * seen.tally.known:
        name = seen.tally.name
        raise DataError(
            f'The column "{name}" mixes numbers with other things: {odd} of {seen.tally.known:,} entries are none, '
            f'such as "{others[0][:40]}". Correct them or leave them empty, or say what the column is with '
            f'--column "{name}=category".'
        )
    return None


def _free_text(seen: Seen) -> Answer:
    tally = seen.tally
    words = sum(text.count(" ") + 1 for text in seen.texts) / len(seen.texts)
    if tally.known < FEWEST:
        return None
    if words >= FREE and tally.distinct > 0.2 * tally.known:
        return seen.column("text", f"{words:.0f} words each")
    if tally.more:
        return seen.column("text", f"over {tally.distinct:,} different")
    if tally.distinct > UNLIKE * tally.known:
        return seen.column("text", "nearly all different")
    return None
