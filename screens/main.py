"""The entry point `oioi-console`: a subcommand, or the app.

Light on purpose: Textual and httpx are imported only where they are needed, after the command line
is read.
"""

try:  # some 60 ms, in which Ctrl+C ends the program as quietly as later
    import gc
    import os
    import sys
    from collections.abc import Sequence
    from typing import TYPE_CHECKING, NoReturn

    import console
    from console.command_line import Command
    from console.commands import APP, COMMANDS, ENVIRONMENT, ending, module_of, output
    from console.exit_status import ExitStatus
    from console.oioi.visible_text import visible
    from console.options import (
        Options,
        UsageError,
        did_you_mean,
        options_from,
        read,
        split_at_command,
    )
    from console.web import is_in_browser
except KeyboardInterrupt:
    raise SystemExit(130) from None

if TYPE_CHECKING:
    from console.settings import Settings, SettingsProblem

KEY_VARIABLE = "OIOI_API_KEY"


def program() -> NoReturn:
    """The program `oioi-console`: `main`, and the end of the process with its status."""
    ending.dump_no_core()
    ending.end(main())


def main(argv: Sequence[str] | None = None) -> int:
    """Run what the command line says. Returns the exit status; raises nothing."""
    try:
        output.use_utf8()
        return _run(list(sys.argv[1:] if argv is None else argv))
    except UsageError as error:
        output.complain(str(error))
        return ExitStatus.USAGE
    except output.OutputLost as error:
        output.complain(str(error))
        return ExitStatus.OUTPUT_LOST
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except Exception as error:
        # The boundary: the caller gets a sentence and a status, and a traceback only on request.
        if isinstance(error.__cause__, KeyboardInterrupt):
            return ExitStatus.INTERRUPTED  # Python 3.11 wraps it while a class is made
        return _report(error)


def _run(argv: list[str]) -> int:
    before, name, after = split_at_command(argv)
    found, _ = read(APP, before)
    if found.help:
        return _help(APP)
    if found.version:
        return _print(f"oioi-console {console.__version__}")
    if found.keys:
        return _list_keys()
    if name is None:
        return _app(options_from(found))
    if name not in COMMANDS:
        raise UsageError(f"There is no subcommand {visible(name)}{did_you_mean(name, COMMANDS)}")
    module = module_of(name)
    arguments, words = read(module.COMMAND, [*before, *after])
    if arguments.help:
        return _help(module.COMMAND.action(words) or module.COMMAND)
    if name == "config":  # only the app knows which actions have keys
        from console.commands import config

        return config.run(options_from(arguments), arguments, words, _problems_of_keys)
    return module.run(options_from(arguments), arguments, words)


def _help(command: Command) -> int:
    from console.help_page import help_page  # 3 ms

    if command is APP:
        return _print(help_page(APP, COMMANDS, ENVIRONMENT))
    return _print(help_page(command))


def _print(text: str) -> int:
    output.out(text)
    return ExitStatus.SUCCESS


def _list_keys() -> int:
    """Print the names and keys of all actions, with those that `[keymap]` in the settings changes,
    and say what is wrong there.
    """
    from console.settings import load
    from screens.app import OioiConsoleApp  # 300 ms, with Textual
    from screens.bindings import bindings_by_place, bindings_of_dialogs, in_words
    from screens.keymap import checked, problems_of_keys

    settings = load()
    places = (*bindings_by_place(OioiConsoleApp), *bindings_of_dialogs())
    found = checked(settings.keymap, places)
    for place in places:
        output.out(place.title)
        for line in in_words(place, found.keymap).lines:
            output.out(f"  {line.id:24}{line.keys:16}{line.what}")
    for problem in (*settings.problems, *problems_of_keys(settings, found)):
        output.complain(str(problem))
    return ExitStatus.SUCCESS


def _problems_of_keys(settings: "Settings") -> "list[SettingsProblem]":
    """What is wrong in the keymap of the settings."""
    if not settings.keymap:
        return []
    from screens.app import OioiConsoleApp  # 300 ms, with Textual
    from screens.bindings import bindings_by_place, bindings_of_dialogs
    from screens.keymap import checked, problems_of_keys

    places = (*bindings_by_place(OioiConsoleApp), *bindings_of_dialogs())
    return problems_of_keys(settings, checked(settings.keymap, places))


def _app(options: Options) -> int:
    in_terminal = _is_terminal(sys.stdin) and _is_terminal(sys.stdout)
    if not in_terminal and not is_in_browser(os.environ):
        raise UsageError("The app needs a terminal; for scripts there are subcommands (--help).")
    if os.environ.get("TERM") == "dumb":
        raise UsageError(
            "TERM=dumb names a terminal that cannot move its cursor, which the app needs: use"
            " another terminal, or set TERM to what this one is. Subcommands work here (--help)."
        )
    # Objects made before the first frame stay, and searching them for garbage takes a tenth of the
    # time until then. The app switches the search on again after the first frame.
    gc.disable()
    return run_app(options)


def run_app(options: Options) -> int:
    """Run the app until it ends. Returns the exit status. Raises UsageError for an unknown
    profile.
    """
    # 190 ms, and no subcommand needs them.
    from console import logs
    from console.commands.diagnosis import say_traceback
    from console.commands.target import changed_by, chosen_profile
    from console.keys import Keys
    from console.oioi import language
    from console.secrets import keep_secret
    from console.settings import load

    settings = changed_by(options, load())
    profile = chosen_profile(options, settings)
    by_locale = settings.language == "auto"
    language.use(language.preferred(os.environ) if by_locale else settings.language)
    if settings.problems:
        settings = changed_by(options, load())  # they are told in this language
    # Below here, as their constants are texts in this language.
    from screens.app import OioiConsoleApp
    from screens.keys_in_order import know_alt_digits
    from screens.leaving import bear_a_terminal, leaving_on_signals

    app = OioiConsoleApp(
        profile,
        Keys(),
        settings,
        read_only=options.read_only,
        guides=True,
        presents=options.presenter,
    )
    keep_secret(os.environ.get(KEY_VARIABLE, "").strip())
    if is_in_browser(os.environ):
        from screens.browser_driver import BrowserDriver  # 30 ms

        app.driver_class = BrowserDriver
    else:
        bear_a_terminal()
    know_alt_digits()
    app.log_file = logs.start(settings.log_level)
    try:
        with leaving_on_signals(app.leave):
            app.run()
        if app.crash is not None:
            say_traceback(app.crash, app.as_shown)
        for line in app.still_running_lines:
            output.say(app.as_shown(line))
    finally:
        app.log_file.stop()
        output.drop_what_cannot_be_written()
    if app.crash is None:
        return app.return_code or ExitStatus.SUCCESS
    output.complain(
        language.tr("This should not have happened. What led to it may stand in the log:")
    )
    output.say(str(app.log_file.path))
    return ExitStatus.TROUBLE


def _is_terminal(stream: object) -> bool:
    return stream is not None and bool(getattr(stream, "isatty", lambda: False)())


def _report(error: Exception) -> int:
    # 20 ms, and only a fault needs them.
    from console.commands.diagnosis import say_traceback
    from console.secrets import keep_secret

    key = os.environ.get(KEY_VARIABLE, "").strip()
    if key:
        keep_secret(key)
    if os.environ.get("OIOI_CONSOLE_DEBUG") == "1":
        say_traceback(error)
    output.complain(
        f"This should not have happened ({type(error).__name__});"
        " with OIOI_CONSOLE_DEBUG=1 it shows where."
    )
    return ExitStatus.TROUBLE


if __name__ == "__main__":
    program()
