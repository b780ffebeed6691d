"""The web application of agents, supervisors and managers.

It sees of the dialer only `dialer.core` and `dialer.messages`, and never an adapter. It opens no database:
`app` lends it transactions, and everything else that it needs, as one value (`parts`).
"""
