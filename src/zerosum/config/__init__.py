"""Settings: frozen dataclasses with defaults, read from and written to strict JSON."""
