"""Courses written as text files: TOML between +++ lines, then one `# Title` per lesson.

Under a lesson's title may stand `@preview`, `@video name` and a `> summary`. The body knows paragraphs, `##` and `###`,
lists, **bold**, *italic*, `code`, [links](https://…), fenced code, and boxes up to `:::`: call-outs (`::: tip Title`),
images with a caption (`::: image name.png What it shows`) and files with what they are for (`::: file name.pdf Title`).
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import Any

Block = tuple[str, Any]
FENCE, BOX = re.compile(r"^```(\w*)$"), re.compile(r"^::: *(\w+) *(.*)$")
ITEM = {"ul": re.compile(r"^- "), "ol": re.compile(r"^\d+\. ")}
NAMED = {"image": ("alt", "caption"), "file": ("title", "description")}
HEADING = re.compile(r"^(#{2,3}) (.*)$")
INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<b>\1</b>"),
    (re.compile(r"\*([^*]+)\*"), r"<i>\1</i>"),
    (re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)"), r'<a href="\2">\1</a>'),
)


@dataclass
class LessonText:
    title: str
    summary: str = ""
    is_preview: bool = False
    video: str = ""
    body: list[Block] = field(default_factory=list)


@dataclass
class CourseText:
    about: dict[str, Any]
    introduction: str
    lessons: list[LessonText]


def parse_course(text: str) -> CourseText:
    _nothing, head, rest = text.split("+++\n", 2)
    introduction, *lessons = re.split(r"^# ", rest, flags=re.MULTILINE)
    return CourseText(tomllib.loads(head), prose(introduction), [parse_lesson(lesson) for lesson in lessons])


def parse_lesson(text: str) -> LessonText:
    lines = text.strip().split("\n")
    lesson = LessonText(lines.pop(0).strip())
    while lines and lines[0].startswith(("@", "> ")):
        mark, _space, value = lines.pop(0).partition(" ")
        if mark == ">":
            lesson.summary = value
        elif mark == "@preview":
            lesson.is_preview = True
        elif mark == "@video":
            lesson.video = value
        else:
            raise ValueError(f"{lesson.title}: unknown mark {mark}")
    lesson.body = list(blocks("\n".join(lines)))
    return lesson


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a StreamField, in order; text between special blocks is one block."""
    lines, plain = iter(text.split("\n")), list[str]()
    for line in lines:
        special = _special(line, lines)
        if special is None:
            plain.append(line)
            continue
        yield from _text(plain)
        plain = []
        yield special
    yield from _text(plain)


def _special(line: str, lines: Iterator[str]) -> Block | None:
    if match := FENCE.match(line):
        return "code", {"language": match[1], "code": "\n".join(_until("```", lines))}
    if match := BOX.match(line):
        return _box(match[1], match[2], "\n".join(_until(":::", lines)))
    return None


def _box(kind: str, title: str, inside: str) -> Block:
    if kind not in NAMED:
        return "callout", {"tone": kind, "title": title, "text": prose(inside)}
    name, _space, words = title.partition(" ")
    what, below = NAMED[kind]
    if not words:
        raise ValueError(f"{kind} {name}: its {what} is missing, write it after the name")
    return kind, {kind: name, what: words, below: " ".join(inside.split())}


def _until(end: str, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.strip() == end:
            return
        yield line
    raise ValueError(f"{end} is missing")


def _text(lines: list[str]) -> Iterator[Block]:
    html = prose("\n".join(lines))
    if html:
        yield "text", html


def prose(text: str) -> str:
    """Paragraphs, headings and lists as rich text."""
    parts = re.split(r"\n\s*\n", text.strip())
    return "".join("".join(_paragraph(part.split("\n"))) for part in parts if part)


def _paragraph(lines: list[str]) -> Iterator[str]:
    for kind, group in groupby(lines, key=_kind):
        if kind in ITEM:
            items = "".join(f"<li>{_inline(ITEM[kind].sub('', line))}</li>" for line in group)
            yield f"<{kind}>{items}</{kind}>"
        elif kind == "h":
            yield from (_heading(line) for line in group)
        else:
            yield f"<p>{_inline(' '.join(group))}</p>"


def _kind(line: str) -> str:
    if HEADING.match(line):
        return "h"
    return next((kind for kind, pattern in ITEM.items() if pattern.match(line)), "p")


def _heading(line: str) -> str:
    marks, words = HEADING.findall(line)[0]
    return f"<h{len(marks)}>{_inline(words)}</h{len(marks)}>"


def _inline(text: str) -> str:
    html = escape(text, quote=False)
    for pattern, replacement in INLINE:
        html = pattern.sub(replacement, html)
    return html
