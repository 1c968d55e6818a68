"""What others printed: documents, figures, official tables, series."""
