"""How things are timed: interleaved, in medians with quartiles; and what the machine is."""

import datetime
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import zerosum

MATRIX_SIDE = 2048
MATRIX_FLOP = 2 * MATRIX_SIDE**3
FLAGS = ("avx2", "avx512_f", "avx512_bf16", "avx512_fp16", "amx_bf16")


@dataclass(frozen=True)
class Spread:
    """A median and the quartiles around it.

    Attributes:
        median: Half of the values are smaller.
        low: A quarter of the values are smaller.
        high: Three quarters of the values are smaller.
        count: How many values there were.
    """

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> "Spread":
        """The spread of one value or more."""
        values = sorted(values)
        if len(values) < 2:
            return cls(values[0], values[0], values[0], 1)
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high, len(values))

    @classmethod
    def of_ratios(cls, above: Sequence[float], below: Sequence[float]) -> "Spread":
        """The spread of the pairwise ratios above[i] / below[i]: slow minutes of the machine slow both and cancel."""
        return cls.of(a / b for a, b in zip(above, below, strict=True))


def seconds_of(action: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    action()
    return time.perf_counter() - begin


def interleaved(contestants: Mapping[str, Callable[[], object]], cycles: int) -> dict[str, list[float]]:
    """Seconds of every call when the contestants take turns, one call each; every other cycle in reverse order."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    order = list(contestants)
    for _ in range(cycles):
        for name in order:
            seconds[name].append(seconds_of(contestants[name]))
        order.reverse()
    return seconds


def timed(call: Callable[..., Any], into: list[float]) -> Callable[..., Any]:
    """The same function; how long each of its calls takes is appended to `into`."""

    def wrapped(*arguments: Any) -> Any:
        begin = time.perf_counter()
        result = call(*arguments)
        into.append(time.perf_counter() - begin)
        return result

    return wrapped


def matrix_product(dtype: torch.dtype) -> Callable[[], object]:
    """A product of two square matrices of side `MATRIX_SIDE`: `MATRIX_FLOP` operations."""
    left, right = (torch.randn(MATRIX_SIDE, MATRIX_SIDE).to(dtype) for _ in range(2))
    return lambda: left @ right


def peak_memory() -> int:
    """Largest memory of this process so far, in bytes.

    Linux starts the `ru_maxrss` of a new process at that of the process that started it, so it is read elsewhere there.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def machine() -> dict[str, Any]:
    """What this was measured on."""
    capabilities = torch.cpu.get_capabilities()
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": capabilities.get("num_physical_cores"),
        "logical_cores": capabilities.get("num_logical_cores"),
        "flags": {flag: bool(capabilities.get(flag)) for flag in FLAGS},
        "threads": torch.get_num_threads(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "zerosum": zerosum.__version__,
        "cuda": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
    }


def _processor() -> str:
    """The processor's name, family and model: virtual machines often tell no more than its maker in the name."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            lines = [line.partition(":") for line in file]
    except OSError:
        return platform.processor() or "unknown"
    known = {key.strip(): value.strip() for key, _, value in reversed(lines)}
    return f"{known.get('model name', 'unknown')}, family {known.get('cpu family')}, model {known.get('model')}"
