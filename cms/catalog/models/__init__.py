from cms.catalog.models.courses import CourseIndexPage, CoursePage, Level
from cms.catalog.models.lessons import LessonPage
from cms.catalog.models.media import LessonFile, Video
from cms.catalog.models.topics import Topic

__all__ = ["CourseIndexPage", "CoursePage", "LessonFile", "LessonPage", "Level", "Topic", "Video"]
