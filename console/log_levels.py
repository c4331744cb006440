"""The names of the log levels, for the command line and the settings; `logger_levels` sets them."""

LEVELS = ("debug", "info", "warning", "error")
"""From the level with the most lines to the one with the fewest."""
