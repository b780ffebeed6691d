"""The customer records: declarations, areas and the processes across them. Not built yet.

It does not know the dialer; `app` joins the two.
"""
