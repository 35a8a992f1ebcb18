"""Back-ups of the whole installation, their way back, and the rehearsal that shows they can be restored."""
