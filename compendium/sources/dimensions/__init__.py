"""Dimensions, by its query language."""
