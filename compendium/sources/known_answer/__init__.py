"""A simulated corpus whose truth is known."""
