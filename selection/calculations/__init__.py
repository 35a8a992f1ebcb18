"""How key accounts are chosen, as arithmetic: pure functions over frozen dataclasses, one module a noun.

Nothing here knows Django, the database, the clock or a setting; what is read from them is an argument.
Each result carries the inputs, weights and reasons that made it, so that any figure can be opened.
``docs/methods/`` explains every method with the worked figures that the tests repeat.
"""
