"""The field's pacing algorithms by name, to be compared with ours: docs/algorithms/peers.md."""
