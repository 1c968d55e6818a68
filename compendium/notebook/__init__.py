"""What a notebook calls: check parameters, say a sentence, keep a figure, record a result."""

from compendium.notebook.session import begin, frame, keep_figure, read_results, record, record_document, say

__all__ = ["begin", "frame", "keep_figure", "read_results", "record", "record_document", "say"]
