from django.urls import path

from gradus.rulebook.books import views
from gradus.rulebook.form import views as form

urlpatterns = [
    path("rules/review/<int:pk>/", views.review_page, name="rulebook_review"),
    path("rules/check/", views.check, name="rulebook_check"),
    path("rules/form/", form.show, name="rulebook_form"),
    path("rules/form/change/", form.change, name="rulebook_form_change"),
    path("rules/history/", views.history, name="rulebook_history"),
    path("rules/history/<int:number>/", views.version, name="rulebook_version"),
    path("rules/history/<int:number>/again/", views.roll_back, name="rulebook_roll_back"),
    path("rules/freeze/", views.freeze, name="rulebook_freeze"),
    path("rules/thaw/", views.thaw, name="rulebook_thaw"),
    path("rules/restore/<int:pk>/", views.restore_file, name="rulebook_restore"),
    path("rules/export/<int:pk>/", views.export, name="rulebook_export"),
]
