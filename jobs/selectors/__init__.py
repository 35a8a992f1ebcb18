"""Figures and texts for the pages and mails of this app."""
