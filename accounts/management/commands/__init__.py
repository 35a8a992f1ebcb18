"""Chores about people on the command line."""
