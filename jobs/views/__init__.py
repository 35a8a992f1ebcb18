"""Pages about jobs, notifications and the system's health."""
