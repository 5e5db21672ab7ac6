"""What can go wrong with a game, one function a failure: from the timeline to a finding, or to none.

Thresholds were chosen on the tuning cases of benchmarks/doctor.py; docs/stability.md says how they fared on others.
Each needs several looks in a row, so that a single odd batch says nothing, and none speaks during the first part of a
run.
"""

from collections.abc import Callable

from zerosum.health.checks.course import late_collapse, no_progress, oscillation, plateau
from zerosum.health.checks.discriminators import (
    overfitting,
    overpowering_discriminator,
    useless_discriminator,
    weak_discriminator,
)
from zerosum.health.checks.gradients import exploding_gradient, not_finite, vanishing_gradient
from zerosum.health.checks.samples import checkerboard, memorisation, mode_collapse, partial_collapse
from zerosum.health.checks.tables import lost_categories
from zerosum.health.finding import Finding
from zerosum.health.timeline import Timeline

Check = Callable[[Timeline], Finding | None]

CHECKS: tuple[Check, ...] = (
    not_finite,
    late_collapse,
    no_progress,
    exploding_gradient,
    weak_discriminator,
    useless_discriminator,
    mode_collapse,
    overfitting,
    vanishing_gradient,
    overpowering_discriminator,
    partial_collapse,
    lost_categories,
    oscillation,
    checkerboard,
    memorisation,
    plateau,
)
"""Every check, causes before what they cause."""
