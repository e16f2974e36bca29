"""What shows the course: figures, sources, and the live stage."""
