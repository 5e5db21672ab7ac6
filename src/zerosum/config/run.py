"""Settings of one run that are not part of the system being trained."""

from dataclasses import dataclass
from typing import Literal

from zerosum.core.errors import SettingError


@dataclass(frozen=True, kw_only=True)
class Run:
    """Where, how long and on what a run trains. Unlike a recipe's settings, these may change when it goes on."""

    seed: int = 0
    """Seed of everything random in the run."""
    batch: int | None = None
    """Real samples per round, over all processes; by default the recipe's usual batch."""
    minutes: float | None = None
    """Stop after this many minutes of training, earlier sessions of the same run counted in; by default, and where
    --samples does not say otherwise, 20 for pictures and 0.5 for points."""
    samples: int | None = None
    """Stop after this many real samples."""
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    """Where to train; auto takes a graphics card if there is one."""
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """Arithmetic of the networks; auto takes bf16, but for points, where the processor has it. Penalties that are
    differentiated twice stay in fp32, unless the recipe's penalty_precision says otherwise."""
    log_rounds: int = 16
    """Rounds from one record in events.jsonl to the next."""
    probe_rounds: int | None = None
    """Rounds from one closer look at samples and discriminator to the next; by default as often as 0.6 % of the time
    allows."""
    on_alarm: Literal["warn", "stop", "autopilot"] = "warn"
    """What to do when the doctor is alarmed: say so; stop with exit code 3; or (--autopilot for short) go back as far
    as needed, apply the first remedy that the finding names, and train for the whole length again, with at most four
    remedies; then stop with exit code 3. For what it has no remedy for it warns, and goes on."""
    snapshot_seconds: float = 30.0
    """Seconds from one contact sheet to the next."""
    checkpoint_seconds: float = 60.0
    """Seconds from one checkpoint to the next: the most that a power cut can cost."""
    log: tuple[str, ...] = ()
    """Also send the records to these trackers: tensorboard, wandb."""

    def __post_init__(self) -> None:
        for name in (
            "minutes",
            "samples",
            "batch",
            "log_rounds",
            "probe_rounds",
            "snapshot_seconds",
            "checkpoint_seconds",
        ):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise SettingError(f"--{name.replace('_', '-')} is {value}; it must be greater than 0.")
        if not 0 <= self.seed < 2**32:
            raise SettingError(f"--seed is {self.seed}; seeds go from 0 to {2**32 - 1}.")
