"""The formulas of the field's algorithms, against steps calculated by hand."""
