"""Names of programs as words of people."""


def in_words(name: str) -> str:
    """`needs_answer` is “Needs answer”."""
    return name.replace("_", " ").capitalize()
