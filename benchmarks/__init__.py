"""Measurements that a person runs by hand."""
