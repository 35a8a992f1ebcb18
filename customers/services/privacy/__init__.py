"""Consents, requests of people about their own data, and what carries them out."""
