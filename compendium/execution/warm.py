"""What the server of new processes imports once, so that no notebook waits for it.

Nothing here may start a thread or open a socket: processes are forked from the server afterwards.
"""

import importlib

import pandas as pd

#: What executes a notebook, what a kernel is, and what nearly every notebook imports.
MODULES = (
    "papermill",
    "nbclient",
    "jupyter_client",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "IPython.core.completer",
    "matplotlib.pyplot",
    "matplotlib_inline.config",
    "pandas.io.formats.style",
    "compendium.execution.kernel",
    "compendium.execution.forked",
    "compendium.multiverse",
    "compendium.notebook",
    "compendium.report.overview",
)

for module in MODULES:
    importlib.import_module(module)

# What pandas sets itself when it is imported where a notebook is executed, and not where there is a terminal.
pd.set_option("display.max_columns", 20)
