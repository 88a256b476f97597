"""Benchmarks: ``python -m benchmarks`` measures and writes ``docs/performance.md``."""
