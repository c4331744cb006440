"""The key that chooses the language in which the sentence for the customer is shown too."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from console import customer_language
from console.keys import Keys
from console.oioi import language
from console.oioi.language import tr
from console.settings import Profile, Settings
from screens.helping_app import HelpingApp


class CustomerLanguageApp(HelpingApp):
    """Says to the customer, in the customer's language, what an answer means."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "alt+l,alt+a",
            "customer_language",
            tr("Say in …"),
            id="app.customer-language",
            tooltip=tr("Say it to the customer in another language"),
        ),
    ]

    def __init__(
        self, profile: Profile, keys: Keys, settings: Settings, *, read_only: bool = False
    ) -> None:
        super().__init__(profile, keys, settings, read_only=read_only)
        wanted = settings.customer_languages
        self.context.customer_language = customer_language.first(wanted, language.current())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer another language where there is something to say to a customer."""
        if action != "customer_language":
            return super().check_action(action, parameters)
        if self.screen is not self.main:
            return False
        outcome = self.shown_exchange.outcome if self.shown_exchange is not None else None
        return self.main.page.explains or (outcome is not None and outcome.is_for_customer)

    def action_customer_language(self) -> None:
        """Show the sentence for the customer in the next language."""
        context = self.context
        name = customer_language.following(
            context.customer_language, context.settings.customer_languages, language.current()
        )
        context.customer_language = name
        self.main.customer_language_changed()
        if name:
            said = tr(
                "What to say is shown in {language}, too.",
                language=tr(customer_language.NAMES[name]),
            )
        else:
            said = tr("What to say is shown in one language.")
        self.say(said, severity="information", subject="customer language")
