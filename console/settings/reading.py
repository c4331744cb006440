"""Reads the file: `Settings`, and the problems in it."""

from dataclasses import replace
from pathlib import Path

from console.settings.file import Broken, decode, fingerprint_of, parse, read
from console.settings.profiles import Settings, SettingsProblem, default_path


def load(path: Path | None = None, *, names_unknown: bool = False) -> Settings:
    """The settings in this file (default: `default_path()`); without a file the defaults.

    Problems in the file are never raised: see `Settings.problems`; with `names_unknown` a key or
    table that no setting has is one, too. Creates nothing.
    """
    path = path or default_path()
    source = None
    try:
        source = read(path)
        if source is None:
            return Settings(path=path)
        text = decode(source)
        data = parse(text)
    except Broken as broken:
        problem = SettingsProblem(path, broken.line, broken.reason)
        return Settings(problems=(problem,), path=path, fingerprint=fingerprint_of(source))
    # 5 ms with tomllib, and most users have no file.
    from console.settings.lines import keymap_lines, located
    from console.settings.reader import Reader

    reader = Reader(data, names_unknown=names_unknown)
    profiles = reader.profiles()
    settings = Settings(profiles, path=path, fingerprint=fingerprint_of(source))
    settings = replace(settings, keymap=reader.keymap(), **reader.preferences(settings))
    if settings.keymap:
        settings = replace(settings, keymap_lines=keymap_lines(text, settings.keymap))
    reader.report_secrets()
    return replace(settings, problems=located(reader.complaints, path, text))
