"""The subcommands of `python -m kvmendian`, each a module with `run(arguments) -> exit code`.

`SUBCOMMANDS` names their modules; one is imported when it is asked for.
"""

SUBCOMMANDS = {
    "prove": "prove",
    "read": "read",
    "vectors": "vectors",
}
