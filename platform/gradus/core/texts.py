"""Texts people type."""

import unicodedata


def is_blank(text: str) -> bool:
    """Nothing anybody could see: spaces, control characters and those without a width."""
    return all(char.isspace() or unicodedata.category(char) in {"Cc", "Cf"} for char in text)


def tidy(text: str) -> str:
    """Without spaces around it; empty when there is nothing to see."""
    return "" if is_blank(text) else text.strip()
