"""The revisions, named by their number; none is changed once it has been released."""
