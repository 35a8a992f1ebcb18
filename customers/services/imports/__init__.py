"""Imports: bring rows in by the rules of their importable, in steps that can be looked at, repeated and undone."""

from customers.services.imports.engine import import_rows

__all__ = ["import_rows"]
