"""The condition language: one tree for filters, segments, stage rules, routing, reports and row rights.

The reference is written in docs/algorithms.
"""
