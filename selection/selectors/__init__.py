"""The figures that selection's pages need."""
