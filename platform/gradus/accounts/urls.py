from django.urls import path

from gradus.accounts import views

app_name = "people"
urlpatterns = [
    path("people/mode/", views.switch_mode, name="mode"),
    path("people/<int:pk>/", views.person, name="person"),
    path("profile/", views.profile, name="profile"),
    path("profile/keys/new/", views.new_key, name="new_key"),
    path("profile/keys/<int:pk>/revoke/", views.revoke_key, name="revoke_key"),
]
