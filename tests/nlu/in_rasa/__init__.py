"""Tests of the language pipeline's components, run with ``unittest`` in Rasa's own environment."""
