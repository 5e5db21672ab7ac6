"""Every case of the suite, by name."""

import dataclasses

from examination_cases import EXAMINED
from more_tuning_cases import MADE
from tuning_cases import HEALTHY, SABOTAGED, TUNED

ALL = [*SABOTAGED, *HEALTHY, *TUNED, *MADE, *(dataclasses.replace(case, half="examination") for case in EXAMINED)]
CASES = {case.name: case for case in ALL}
