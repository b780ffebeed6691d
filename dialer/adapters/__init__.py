"""Everything of the dialer that touches the world: runner, ARI, AMI, store, bus. Not built yet."""
