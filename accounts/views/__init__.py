"""Pages about people, their settings and the audit trail."""
