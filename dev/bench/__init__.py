"""Benchmarks: what our flows take beside other ways of doing the same, on copies of one database, in turn.

Run as ``python -m dev.bench [B1 B2 ...] [--size N] [--rounds N] [--json FILE]``. Figures count as ratios between
candidates of one run; absolute ones are context. Floors are printed as met or missed and fail nothing.
"""
