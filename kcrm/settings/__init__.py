"""Settings: base holds what is always true, the siblings what differs; the environment is read nowhere else."""
