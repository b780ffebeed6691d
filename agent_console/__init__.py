"""The web application of agents, supervisors and managers. Not built yet.

It sees of the dialer only `dialer.core` and `dialer.messages`, and never an adapter.
"""
