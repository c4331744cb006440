"""The subcommands, such as `oioi-console send`, one module for each.

Every module has `USAGE` and `HELP` for `--help`, `add_options(parser)`, and `run(options,
arguments, words)`, which does the work and returns the exit status. Only `output` writes, only
`prompt` asks, and only `target` finds the server and the key.

    UsageError (console.options)   wrong usage or input; `screens.main` says it, exit status 2
"""
