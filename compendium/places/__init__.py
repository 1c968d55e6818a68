"""Countries, blocs and cities."""
