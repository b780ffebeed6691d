"""Pages of data quality: pairs to review, merges, warnings at entry, sources of values."""
