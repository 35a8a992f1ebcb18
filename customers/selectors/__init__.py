"""Figures and rows that pages and the API need, one module a noun."""
