"""Settings of the moving average of a player's weights."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Average:
    """An exponential moving average (EMA) of weights, measured in samples so that the batch size does not matter."""

    half_life: int = 20_000
    """Samples after which an old weight counts half, once training is under way."""
    ramp: float = 0.05
    """Early on, the half-life is this share of the samples seen so far, so that the start is forgotten."""

    def decay(self, samples: int, batch: int) -> float:
        """What remains of the average after one round of `batch` samples, when `samples` were seen in all."""
        half_life = min(self.half_life, self.ramp * samples)
        return 0.5 ** (batch / half_life) if half_life > 0 else 0.0
