"""Videos, captions, transcripts and files of lessons: private, given out by the rule that opens the lesson."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from cms.catalog.models import LessonFile, Video
from gradus.core.ratelimit import limited
from gradus.core.serving import serve_ranged
from workflows.learning import access

# Browsers fetch a video in many ranges, more while somebody looks for a place in it, and a class may share an address.
limit = limited("lesson-media", limit=3000, seconds=60, methods=("GET", "HEAD"))


@require_safe
@limit
def video(request: HttpRequest, video_id: int) -> HttpResponseBase:
    found = _video(request, video_id)
    return serve_ranged(request, found.file, content_type=found.content_type)


@require_safe
@limit
def captions(request: HttpRequest, video_id: int) -> HttpResponseBase:
    found = _video(request, video_id)
    if not found.captions:
        raise Http404
    return serve_ranged(request, found.captions, content_type="text/vtt; charset=utf-8")


@require_safe
@limit
def transcript(request: HttpRequest, video_id: int) -> HttpResponse:
    found = _video(request, video_id)
    if not found.transcript:
        raise Http404
    headers = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(found.transcript, content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
@limit
def lesson_file(request: HttpRequest, file_id: int) -> HttpResponseBase:
    found = LessonFile.objects.filter(pk=file_id).first()
    if found is None:
        raise Http404
    access.check_file(request.user, found)
    return serve_ranged(request, found.file, content_type="application/octet-stream", filename=found.filename)


def _video(request: HttpRequest, video_id: int) -> Video:
    found = Video.objects.filter(pk=video_id).first()
    if found is None:
        raise Http404
    access.check_video(request.user, found)
    return found
