"""`python -m gradus.project` is the `gradus` command."""

from gradus.project.cli import main

main()
