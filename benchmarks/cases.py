"""Every case of the suite, by name."""

import dataclasses

from examination_cases import EXAMINED
from figures_and_pinwheel_cases import FIGURES_AND_PINWHEEL
from hues_and_heaps_cases import HUES_AND_HEAPS
from tuning_cases import HEALTHY, SABOTAGED, TUNED

TUNING = [*SABOTAGED, *HEALTHY, *TUNED, *HUES_AND_HEAPS, *FIGURES_AND_PINWHEEL]
ALL = [*TUNING, *(dataclasses.replace(case, half="examination") for case in EXAMINED)]
CASES = {case.name: case for case in ALL}
