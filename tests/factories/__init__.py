"""Rows for tests, one module per app. Each factory makes the smallest valid row."""
