"""The condition language: one tree for filters, segments, stage rules, routing, reports and row rights.

Theory and reference: docs/algorithms/conditions.md.
"""
