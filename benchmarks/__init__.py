"""What is timed, against which floor. `bin/bench NAME` runs one; ratios within one run are the figures to compare."""
