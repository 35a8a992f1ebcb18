"""What must hold when processes, broker and clocks fail. Slow: run by bin/faults, not by bin/test."""
