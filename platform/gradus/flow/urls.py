"""Addresses every governed model has without a line of its own."""

from django.urls import path

from gradus.flow import views

app_name = "flow"
urlpatterns = [
    path("files/<uuid:pk>/", views.file, name="file"),
    path("steps/<str:label>/<int:pk>/<slug:name>/", views.MoveView.as_view(), name="move"),
]
