"""Every claim of one report on AI research, put to the test on data that anyone can have."""

import warnings

__version__ = "0.1.0"

# Where Spark is installed pandera imports it, and it warns of pandas 3 in every notebook.
warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
