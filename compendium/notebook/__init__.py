"""What a notebook calls: check parameters, say a sentence, keep a figure, record a result."""
