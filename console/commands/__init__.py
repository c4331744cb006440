"""The subcommands, a module each: what `oioi-console send` and the others do.

Every module has `USAGE` and `HELP` for `--help`, `add_options(parser)`, and `run(options,
arguments, words)` which does the work and returns the exit status. `output` writes, `prompt` asks,
`target` finds the server and the key: no module does that by itself.

    UsageError (console.options)   wrong usage or input; `screens.main` says it, exit status 2
"""
