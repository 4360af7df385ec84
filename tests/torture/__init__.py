"""Breaks runs of newsmill in every way at hand, runs them again, and compares what stands in the tables."""
