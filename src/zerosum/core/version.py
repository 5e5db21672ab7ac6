"""The version, which models and runs remember."""

__version__ = "0.1.0"
