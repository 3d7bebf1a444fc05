"""``python -m mse`` is the command line."""

from mse.cli import main

if __name__ == "__main__":
    main()
