"""Everything KCRM needs to run on a machine that has only Python: its own PostgreSQL, broker and supervisor.

Nothing here imports Django, so that the launcher is ready in a moment and works before the libraries are there.
Modules that run before the environment exists (`bootstrap` and what it imports) use the standard library only.
"""
