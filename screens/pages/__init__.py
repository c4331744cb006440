"""The pages of the app, one in each module."""
