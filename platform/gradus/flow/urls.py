"""Addresses every governed model has without a line of its own."""

from django.urls import path

from gradus.flow import pages, views

app_name = "flow"
urlpatterns = [
    path("files/<uuid:pk>/", pages.file, name="file"),
    path("steps/<str:label>/", pages.listing, name="list"),
    path("steps/<str:label>/asked/", pages.asked, name="asked"),
    path("steps/<str:label>/new/", pages.FileView.as_view(), name="choose"),
    path("steps/<str:label>/new/<slug:which>/", pages.FileView.as_view(), name="new"),
    path("steps/<str:label>/<int:pk>/", pages.item, name="item"),
    path("steps/<str:label>/<int:pk>/<slug:name>/", views.MoveView.as_view(), name="move"),
]
