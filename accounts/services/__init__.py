"""Acts on people, tokens, saved views and the audit trail."""
