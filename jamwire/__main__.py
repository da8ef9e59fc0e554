"""Runs the command: ``python -m jamwire``."""

from jamwire.cli.main import main

if __name__ == "__main__":
    main()
