"""The figures that pages, reports and scoring need."""
