"""The sign-in form. Apart from the other forms: allauth's own import those."""

from typing import Any

from allauth.account.forms import LoginForm

from gradus.accounts.confirming import CONFIRMED


class SignInForm(LoginForm):
    """Whoever has just confirmed their address need not type it again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].initial = self.request.session.get(CONFIRMED, "")
