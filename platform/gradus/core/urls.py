from django.urls import path

from gradus.core import views

app_name = "core"
urlpatterns = [
    path("", views.style_guide, name="style-guide"),
    path("<slug:name>/", views.layout, name="layout"),
]
