"""Every case of the suite, by name."""

import dataclasses
from functools import partial

from battery import (
    healthy_pictures,
    healthy_points,
    healthy_tables,
    spoilt_pictures,
    spoilt_points,
    spoilt_tables,
)
from suite_data import (
    circles,
    clocks,
    corners,
    faces,
    figures,
    flags,
    heaps,
    helix,
    hues,
    letters,
    orders,
    overlaid,
    petals,
    pinwheel,
    scroll,
    star,
    torus,
    waves,
)
from tuning_cases import HEALTHY, SABOTAGED

TUNING = [
    *SABOTAGED,
    *HEALTHY,
    *spoilt_pictures("hues", hues, classes=True),
    *healthy_pictures("hues", hues),
    *spoilt_points("heaps", heaps),
    *healthy_points("heaps", heaps),
    *spoilt_pictures("figures", figures, classes=True),
    *healthy_pictures("figures", partial(figures, labelled=False)),
    *healthy_pictures("overlaid", overlaid),
    *spoilt_points("pinwheel", pinwheel),
    *healthy_points("pinwheel", pinwheel),
    *healthy_points("corners", corners),
    *spoilt_pictures("letters", letters, classes=True),
    *healthy_pictures("letters", letters),
    *healthy_pictures("flags", partial(flags, labelled=False)),
    *spoilt_points("circles", circles),
    *healthy_points("circles", circles),
    *healthy_points("scroll", scroll),
    *spoilt_pictures("clocks", clocks, classes=True),
    *healthy_pictures("clocks", clocks),
    *healthy_pictures("waves", waves),
    *spoilt_points("petals", petals),
    *healthy_points("petals", petals),
    *healthy_points("helix", helix),
    *spoilt_tables("orders", orders),
    *healthy_tables("orders", orders),
]

EXAMINED = [
    *spoilt_pictures("faces", faces, classes=True),
    *healthy_pictures("faces", faces),
    *spoilt_points("star", star),
    *healthy_points("star", star),
    *healthy_points("torus", torus),
]

ALL = [*TUNING, *(dataclasses.replace(case, half="examination") for case in EXAMINED)]
CASES = {case.name: case for case in ALL}
