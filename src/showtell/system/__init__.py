"""Files, threads, progress and optional packages: what every room uses."""
