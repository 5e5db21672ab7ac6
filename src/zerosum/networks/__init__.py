"""Networks: one architecture per file, modules only."""
