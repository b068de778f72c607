"""The subcommands of `python -m kvmendian`, each a module with `run(arguments) -> exit code`.

`SUBCOMMANDS` names their modules; one is imported when it is asked for.
"""

SUBCOMMANDS = {
    "learned": "learned",
    "prove": "prove",
    "read": "read",
    "vectors": "vectors",
}
