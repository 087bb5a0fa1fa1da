from django.urls import path

from gradus.notify import views

app_name = "notify"
urlpatterns = [
    path("", views.index, name="index"),
    path("bell/", views.bell, name="bell"),
    path("<int:pk>/", views.follow, name="follow"),
    path("<int:pk>/mark/", views.mark, name="mark"),
    path("mark-all/", views.mark_all, name="mark_all"),
    path("undo/", views.undo, name="undo"),
    path("preferences/", views.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
]
