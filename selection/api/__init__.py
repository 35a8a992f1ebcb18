"""The REST door of this app, one module a noun."""
