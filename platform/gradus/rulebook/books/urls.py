from django.urls import path

from gradus.rulebook.books import moderation, rebasing, views
from gradus.rulebook.form import views as form

urlpatterns = [
    path("rules/review/<int:pk>/", views.review_page, name="rulebook_review"),
    path("rules/review/<int:pk>/decisions/", views.replayed, name="rulebook_replayed"),
    path("rules/check/", views.check, name="rulebook_check"),
    path("rules/form/", form.show, name="rulebook_form"),
    path("rules/form/change/", form.change, name="rulebook_form_change"),
    path("rules/history/", views.history, name="rulebook_history"),
    path("rules/history/<int:number>/", views.version, name="rulebook_version"),
    path("rules/history/<int:number>/again/", views.roll_back, name="rulebook_roll_back"),
    path("rules/moderation/", moderation.ModerationView.as_view(), name="rulebook_moderation"),
    path(
        "rules/moderation/results/",
        moderation.ModerationView.as_view(results_only=True),
        name="rulebook_moderation_results",
    ),
    path("rules/freeze/", views.freeze, name="rulebook_freeze"),
    path("rules/thaw/", views.thaw, name="rulebook_thaw"),
    path("rules/restore/<int:pk>/", views.restore_file, name="rulebook_restore"),
    path("rules/rebase/<path:file>/", rebasing.rebase, name="rulebook_rebase"),
    path("rules/export/<int:pk>/", views.export, name="rulebook_export"),
]
