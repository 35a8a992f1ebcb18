"""Is what was sent well-formed, and what is answered? One module a noun."""
