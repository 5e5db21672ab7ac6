"""Checkpoints of other tools, read without running anything in them and made models."""

from zerosum.imports.importing import import_checkpoint

__all__ = ["import_checkpoint"]
