from django.urls import path

from workflows.learning import media, views

app_name = "learning"
urlpatterns = [
    path("", views.my_learning, name="mine"),
    path("courses/<int:course_id>/enrol/", views.enrol, name="enrol"),
    path("progress/<int:progress_id>/pause/", views.move, {"name": "pause"}, name="pause"),
    path("progress/<int:progress_id>/resume/", views.move, {"name": "resume"}, name="resume"),
    path("lessons/<int:lesson_id>/reports/", views.report, name="report"),
    path("lessons/<int:lesson_id>/read/", views.mark_read, name="read"),
    path("video/<int:video_id>/", media.video, name="video"),
    path("video/<int:video_id>/captions/", media.captions, name="captions"),
    path("video/<int:video_id>/transcript/", media.transcript, name="transcript"),
    path("files/<int:file_id>/", media.lesson_file, name="file"),
]
