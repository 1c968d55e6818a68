"""Public lists of AI conference papers."""
