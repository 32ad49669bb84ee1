"""Measurements of speed, memory and yield. Run by hand from the repository; never tests, never in the wheel."""
