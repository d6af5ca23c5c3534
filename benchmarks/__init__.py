"""What showtell promises about speed, measured: ``python -m benchmarks.latency``, ``python -m benchmarks.studio``."""
