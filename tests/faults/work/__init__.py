"""An app whose only purpose is to be interrupted."""
