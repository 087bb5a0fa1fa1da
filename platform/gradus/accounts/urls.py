from django.urls import path

from gradus.accounts import confirming, views

app_name = "people"
urlpatterns = [
    path("people/mail/again/", confirming.send_again, name="mail_again"),
    path("people/mode/", views.switch_mode, name="mode"),
    path("people/<int:pk>/", views.person, name="person"),
    path("profile/", views.profile, name="profile"),
    path("profile/keys/new/", views.new_key, name="new_key"),
    path("profile/keys/<int:pk>/revoke/", views.revoke_key, name="revoke_key"),
]
