"""The pages of editions, below `rules/` in the back office."""

from django.urls import path

from gradus.rulebook.crossing import views

urlpatterns = [
    path("rules/editions/", views.index, name="rulebook_editions"),
    path("rules/editions/begin/<int:pk>/", views.begin, name="rulebook_begin_edition"),
    path("rules/editions/<str:key>/", views.one, name="rulebook_edition"),
]
