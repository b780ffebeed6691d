"""Every declaration of the product, in the order in which menus and the interface for programs name them."""

from importlib import import_module

MODULES = ("crm_core.parties.entities", "crm_core.interactions.entities", "crm_core.tasks.entities")

for module in MODULES:
    import_module(module)
