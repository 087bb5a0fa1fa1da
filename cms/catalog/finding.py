"""Finding courses: words, a topic and a level, as the catalogue's address says them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cms.site.search import readable

if TYPE_CHECKING:
    from cms.catalog.models.courses import CourseQuerySet

MAX_WORDS = 100


@dataclass(frozen=True)
class Filters:
    """What somebody looks for; empty means no wish. An unknown topic finds nothing, rather than everything."""

    words: str = ""
    topic: str = ""
    level: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> "Filters":
        def text(name: str) -> str:
            return " ".join(query.get(name, "").replace("\0", "").split())[:MAX_WORDS]

        return cls(words=text("q"), topic=text("topic"), level=text("level"))

    @property
    def active(self) -> bool:
        return bool(self.words or self.topic or self.level)

    def query(self) -> str:
        """The same wishes as the part of an address, for the links to other result pages."""
        wishes = {"q": self.words, "topic": self.topic, "level": self.level}
        return urlencode({name: value for name, value in wishes.items() if value})

    def find(self, courses: "CourseQuerySet") -> Any:
        """Matching courses: best matches first when words are given, else as the editors ordered them."""
        if self.level:
            courses = courses.filter(level=self.level)
        if self.topic:
            courses = courses.filter(topics__slug=self.topic)
        if not self.words:
            return courses.order_by("path")
        searchable = readable(self.words)
        return courses.search(searchable, operator="and") if searchable else courses.none()
