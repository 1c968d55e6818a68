"""What we checked about ourselves: planted truths, and intervals that cover."""
