"""Measures of generated samples beside real ones: functions of tensors and nothing else."""
