"""Publish changes, keep webhooks, deliver."""
