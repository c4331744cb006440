"""What an answer means: one Outcome, in words."""
