"""Trainers' wishes: written into a copy of the files, tried out, and saved as a change that others review."""
