"""Names from labels: what people write becomes a word rules can use, and nobody has to think of one."""

import re
import unicodedata
from collections.abc import Collection

from gradus.policy.bounds import LONGEST, LONGEST_NAME, TAKEN
from gradus.policy.scope import RESERVED

_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "å": "a", "ł": "l"})
_NUMBERED = re.compile(r"_\d+$")


def slug(label: str, kind: str = "field") -> str:
    """`Why not?` is `why_not`; what has no letters at all is called after its kind."""
    plain = unicodedata.normalize("NFKD", label.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not word or not word[0].isalpha():
        word = f"{kind}_{word}".rstrip("_")
    return word[: LONGEST_NAME.get(kind, LONGEST) - 3].rstrip("_")


def free(word: str, taken: Collection[str]) -> str:
    """The word, or the word with the first number that nothing has yet."""
    known = {*taken, *TAKEN, *RESERVED}
    if word not in known:
        return word
    return next(name for number in range(2, len(known) + 3) if (name := f"{word}_{number}") not in known)


def derived(name: str, label: str, kind: str = "field") -> bool:
    """Whether a name was made from this label, so that it may follow when the label changes."""
    word = slug(label, kind)
    return name == word or _NUMBERED.sub("", name) == word
