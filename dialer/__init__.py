"""The dialer: `core` decides, `messages` are what processes tell each other, `adapters` touch the world."""
