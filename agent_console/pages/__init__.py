"""The console's own pages; each module has its `ROUTES`, and `application` collects them."""
