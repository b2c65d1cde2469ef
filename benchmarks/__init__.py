"""Timings as ratios in one run: `python -m benchmarks` prints them as a Markdown table."""
