"""Ask for a large export, decide about it, write its file."""
