"""A JupyterHub for a talk or a class, on one machine. See README.md beside this file.

The Littlest JupyterHub reads it from /opt/tljh/config/jupyterhub_config.d/; a plain JupyterHub by
`jupyterhub --config binder/hub/jupyterhub_config.py`. Nobody gets in without the password of the
class, and the hub does not start without one.
"""

# ruff: noqa: F821, INP001 - JupyterHub defines `c` before it reads this

import os
import sys

MEMORY = 450  # megabytes a learner: twice what tests/bench/classroom.py measures, as mybinder.org
IDLE_SECONDS = 3 * 3600  # a talk with its break and questions; the explanation is no idle time
LARGEST_CLASS = 200

if not os.environ.get("KVMENDIAN_PASSWORD"):
    sys.exit(
        "KVMENDIAN_PASSWORD is not set: the password of the class, eight letters or more. "
        "Set it where the hub is started, e.g. KVMENDIAN_PASSWORD=... jupyterhub --config ..."
    )
c.JupyterHub.authenticator_class = "shared-password"  # needs JupyterHub 5.3
c.SharedPasswordAuthenticator.user_password = os.environ["KVMENDIAN_PASSWORD"]
# Administrators have one of their own, 32 letters or more; without it they cannot log in
c.SharedPasswordAuthenticator.admin_password = os.environ.get("KVMENDIAN_ADMIN_PASSWORD")
c.Authenticator.allow_all = True  # any name, with that password
c.JupyterHub.active_server_limit = LARGEST_CLASS
# Beyond it the hub answers "too many requests", and a room comes all at once (measured: 2 of 10)
c.JupyterHub.concurrent_spawn_limit = LARGEST_CLASS

# Only the proxy is reached from outside; put TLS in front of it (TLJH and z2jh do it for you).
c.JupyterHub.hub_ip = "127.0.0.1"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8001"

c.Spawner.default_url = "/lab/tree/notebooks/00-start.ipynb"
c.Spawner.mem_limit = f"{MEMORY}M"  # kept by TLJH and by Docker; a plain process is not limited
c.Spawner.cpu_limit = 1.0
# The last of a full room waits for the others. With JupyterHub's own 30 seconds until a server
# answers, 14 of 20 who came at once to two cores were told that their spawn had failed
c.Spawner.start_timeout = c.Spawner.http_timeout = 240
c.Spawner.args = [
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
]

c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["culler"],
    },
]
c.JupyterHub.services = [
    {
        "name": "culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={IDLE_SECONDS}"],
    },
]
