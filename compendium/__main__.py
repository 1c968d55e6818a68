"""The entry of `python -m compendium`."""

from compendium.cli import app

if __name__ == "__main__":
    app(prog_name="python -m compendium")
