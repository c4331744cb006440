"""The Textual app. It imports `console`; nothing in `console` imports it."""
