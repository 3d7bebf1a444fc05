"""What must be fast: ``python -m uv run python -m benchmarks`` measures it and writes `results.md`."""
