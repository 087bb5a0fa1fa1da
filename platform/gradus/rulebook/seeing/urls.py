"""The pages that show rules, below `rules/` in the back office."""

from django.urls import path

from gradus.rulebook.seeing import views

urlpatterns = [
    path("rules/", views.index, name="rules"),
    path("rules/matrix/<str:key>/", views.matrix, name="rules_matrix"),
    path("rules/diagram/<str:key>/", views.diagram, name="rules_diagram"),
    path("rules/person/", views.person, name="rules_person"),
    path("rules/why/", views.why, name="rules_why"),
    path("rules/search/people/", views.search_people, name="rules_people"),
    path("rules/search/<str:label>/", views.search_objects, name="rules_objects"),
]
