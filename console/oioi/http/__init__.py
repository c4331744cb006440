"""The wire: one POST, its attempts, when to send again, and what came back."""
