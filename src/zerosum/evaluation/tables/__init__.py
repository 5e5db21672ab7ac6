"""Tables measured: each column and pair of columns, what models learn from generated rows, and whose rows they are."""

from zerosum.evaluation.tables import columns, detection, privacy, quality, utility

METRICS = tuple(metric for module in (quality, utility, detection, privacy, columns) for metric in module.METRICS)
