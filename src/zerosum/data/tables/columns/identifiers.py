"""Identifiers: never learned, and made anew in the pattern that the table's own have."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from zerosum.core.seeding import seed_from

STUDIED = 5000
"""Identifiers that a pattern is found from."""

CALLED_SO = re.compile(r"(^|[^a-z])(id|ids|uuid|guid|key|index|no|nr|number|code|ref|row)($|[^a-z])|Id$|ID$", re.ASCII)
"""Names of columns whose numbers stand for something and count nothing."""

EXACT = 2**53
"""Whole numbers up to this are exact as float64."""

_ALPHABETS = {
    "9": "0123456789",
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "a": "abcdefghijklmnopqrstuvwxyz",
    "A": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "x": "0123456789abcdefghijklmnopqrstuvwxyz",
    "X": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "*": "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
}
"""What a letter of a pattern stands for; anything else stands for itself, and so does what follows a backslash."""


def pattern_of(texts: Sequence[str]) -> str:
    r"""The pattern of identifiers of the commonest length: 9 for a digit, A for a letter, and so on.

    What is the same in all of them stays: C-1001 and C-2348 have the pattern `C-9999`, where a letter that stands for
    itself and not for others has a backslash before it, as in `\A\99`.
    """
    if not texts:
        return "9999"
    # Drawn, and not every tenth: of numbers in a row, these would end alike.
    drawn = np.random.Generator(np.random.PCG64(seed_from("identifiers"))).choice(len(texts), STUDIED)
    few = texts if len(texts) <= STUDIED else [texts[place] for place in drawn.tolist()]
    (length, _), *_ = Counter(len(text) for text in few).most_common(1)
    same = [text for text in few if len(text) == length]
    pattern = []
    for letters in (set(column) for column in zip(*same, strict=True)):
        if len(letters) == 1:
            (letter,) = letters
            pattern.append(f"\\{letter}" if letter in _ALPHABETS or letter == "\\" else letter)
        else:
            pattern.append(next((key for key, known in _ALPHABETS.items() if letters <= set(known)), "*"))
    return "".join(pattern) or "9999"


def identifiers(pattern: str, numbers: Sequence[int]) -> list[str]:
    """The identifiers with these numbers, which are all different, and far from each other for neighbours.

    Those with numbers that the pattern has too few for have more digits at their end.
    """
    parts = [(_ALPHABETS[key], "") if key in _ALPHABETS else ("", key[-1]) for key in re.findall(r"\\.|[^\\]", pattern)]
    sizes = [len(alphabet) for alphabet, _ in parts if alphabet]
    capacity = math.prod(sizes)
    step = _coprime(capacity, pattern)
    made = []
    for number in numbers:
        rounds, first = divmod(int(number), capacity)
        rest = (first * step + step // 3) % capacity
        letters = []
        for alphabet, letter in parts:
            if alphabet:
                rest, digit = divmod(rest, len(alphabet))
                letter = alphabet[digit]
            letters.append(letter)
        made.append("".join(letters) + (str(rounds) if rounds else ""))
    return made


def whole_identifiers(low: float, high: float, step: float, numbers: Sequence[int]) -> list[int]:
    """The identifiers with these numbers that are whole numbers: from `low` on, each by `step` above the one before.

    Those that are too large to be exact as float64 stay below `high`.
    """
    if max(abs(low), abs(high)) <= EXACT:
        return [int(low) + int(step) * int(number) for number in numbers]
    first, last = int(np.nextafter(low, np.inf)), int(np.nextafter(high, -np.inf))
    span = max(1, last - first)
    apart = _coprime(span, f"{first} {last}")
    return [first + int(number) * apart % span for number in numbers]


def _coprime(capacity: int, pattern: str) -> int:
    """A number without a common factor with the capacity: its multiples then visit everything once."""
    step = seed_from("identifiers", pattern) % capacity | 1
    while math.gcd(step, capacity) != 1:
        step += 2
    return step
