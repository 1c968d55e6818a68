"""Figures: one module a notebook, and what they share."""
