"""What a run found, for a terminal, a notebook and a browser."""
