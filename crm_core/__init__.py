"""The customer records: declarations, areas and the processes across them, and who may come in.

It does not know the dialer; `app` joins the two.
"""
