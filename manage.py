#!/usr/bin/env python
"""Django's command line; the same commands as the `gradus` script."""

from gradus.project.cli import main

if __name__ == "__main__":
    main()
