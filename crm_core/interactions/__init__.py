"""The register of contacts over all channels, and the cases that hold them."""
