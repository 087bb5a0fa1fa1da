from django.urls import path

from gradus.accounts import views

app_name = "people"
urlpatterns = [
    path("people/mode/", views.switch_mode, name="mode"),
]
