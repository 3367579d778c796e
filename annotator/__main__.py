"""The command `annotator`, and `python -m annotator`."""

import sys


def main() -> None:
    """Run the command line. An interrupt while it is being loaded ends without a traceback."""
    try:
        from annotator.cli import main as run_command_line

        run_command_line()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
