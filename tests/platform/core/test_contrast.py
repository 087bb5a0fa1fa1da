"""Text can be read: the token file's own pairs, in both themes, by WCAG 2.2's formula."""

import re
from pathlib import Path

import pytest

import gradus.core

TOKENS = Path(gradus.core.__file__).parent / "static/gradus/css/tokens.css"
TEXT, CONTROL = 4.5, 3.0
GROUNDS = ["paper", "surface", "raised", "sunken"]
TONES = ["neutral", "info", "success", "warning", "danger"]
PAIRS = [
    *[(ink, ground, TEXT) for ink in ("ink", "ink-soft", "ink-faint", "brand", "brand-strong") for ground in GROUNDS],
    *[(f"tone-{tone}", f"tone-{tone}-soft", TEXT) for tone in TONES],
    *[("ink", f"tone-{tone}-soft", TEXT) for tone in TONES],
    *[(f"tone-{tone}", ground, TEXT) for tone in TONES for ground in GROUNDS],
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-strong", TEXT),
    ("brand-strong", "brand-soft", TEXT),
    ("on-step", "step", TEXT),
    ("step-ink", "step-soft", TEXT),
    ("on-deep", "deep", TEXT),
    ("on-deep-soft", "deep", TEXT),
    *[("line-strong", ground, CONTROL) for ground in GROUNDS],
    *[("focus", ground, CONTROL) for ground in GROUNDS],
    ("step", "deep", CONTROL),
]


def _tokens() -> dict[str, tuple[str, str]]:
    found = re.findall(r"--([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\)", TOKENS.read_text())
    return {name: (light, dark) for name, light, dark in found}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS, ids=str)
def test_the_pair_has_enough_contrast(ink: str, ground: str, least: float, theme: int) -> None:
    tokens = _tokens()

    assert _contrast(tokens[ink][theme], tokens[ground][theme]) >= least


def test_black_on_white_has_the_highest_contrast_there_is() -> None:
    assert _contrast("000000", "ffffff") == pytest.approx(21)
