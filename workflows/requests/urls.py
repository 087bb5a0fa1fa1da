from django.urls import path

from workflows.requests import views

app_name = "requests"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("new/", views.choose, name="choose"),
    path("new/<slug:which>/", views.submit, name="submit"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/status/", views.status, name="status"),
]
