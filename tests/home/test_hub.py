"""The classroom's configuration: locked by default, on loopback, and within what was measured."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from test_release import PROJECT, TAG
from traitlets.config import Config

ROOT = Path(__file__).parents[2]
HUB = ROOT / "binder" / "hub"
VALUES = yaml.safe_load((HUB / "zero-to-jupyterhub.yaml").read_text())
RESULTS = ROOT / "tests" / "bench" / "RESULTS.md"
START = "/lab/tree/notebooks/00-start.ipynb"


@pytest.fixture
def config(monkeypatch):
    monkeypatch.setenv("KVMENDIAN_PASSWORD", "a-long-enough-word")
    made = Config()
    text = (HUB / "jupyterhub_config.py").read_text()
    exec(compile(text, "jupyterhub_config.py", "exec"), {"c": made})
    return made


def test_without_a_password_there_is_no_hub(monkeypatch):
    monkeypatch.delenv("KVMENDIAN_PASSWORD", raising=False)
    with pytest.raises(SystemExit, match="KVMENDIAN_PASSWORD is not set"):
        exec((HUB / "jupyterhub_config.py").read_text(), {"c": Config()})


def test_nobody_gets_in_without_it_and_nothing_but_the_proxy_listens_outside(config):
    assert config.JupyterHub.authenticator_class == "shared-password"
    assert config.SharedPasswordAuthenticator.user_password == "a-long-enough-word"
    assert config.JupyterHub.hub_ip == "127.0.0.1"
    assert urlsplit(config.ConfigurableHTTPProxy.api_url).hostname == "127.0.0.1"
    assert VALUES["hub"]["config"]["JupyterHub"]["authenticator_class"] == "shared-password"
    assert VALUES["proxy"]["https"]["enabled"] is True
    assert "user_password" not in str(VALUES), "no password belongs into a file"


def test_both_hubs_open_the_first_lesson_and_leave_the_room_its_kernels(config):
    assert config.Spawner.default_url == VALUES["singleuser"]["defaultUrl"] == START
    assert (ROOT / START.removeprefix("/lab/tree/")).is_file()
    (culler,) = config.JupyterHub.services
    seconds = int(culler["command"][-1].removeprefix("--timeout="))
    assert seconds == VALUES["cull"]["timeout"] >= 3 * 3600
    littlest = yaml.safe_load((HUB / "the-littlest-jupyterhub.yaml").read_text())
    assert littlest["services"]["cull"]["enabled"] is False  # its own waits for ten minutes only
    assert littlest["https"]["enabled"] is True
    assert littlest["limits"]["memory"] == config.Spawner.mem_limit
    (role,) = config.JupyterHub.load_roles
    assert role["services"] == [culler["name"]]
    assert VALUES["singleuser"]["image"]["tag"] == TAG


def test_the_limits_are_above_what_a_learner_was_measured_to_need(config):
    rows = re.findall(r"^\| (\d+) \|.*?\| (\d+) \+ (\d+) \|", RESULTS.read_text(), re.MULTILINE)
    assert [int(count) for count, *_ in rows] == [5, 10, 20]
    needed = max(int(server) + int(kernel) for _, server, kernel in rows)
    limit = int(config.Spawner.mem_limit.removesuffix("M"))
    assert needed * 1.5 < limit
    assert VALUES["singleuser"]["memory"]["limit"] == config.Spawner.mem_limit
    assert needed < int(VALUES["singleuser"]["memory"]["guarantee"].removesuffix("M"))


def test_the_table_gives_everybody_the_memory_that_was_measured(config):
    text = (HUB / "README.md").read_text()
    learner = int(re.search(r"\*\*(\d+) MB\*\* \(server \d+, kernel \d+\)", text)[1])
    rows = re.findall(r"^\| (\d+) \|.*?\| (\d+) \+ (\d+) \|", RESULTS.read_text(), re.MULTILINE)
    assert learner >= max(int(server) + int(kernel) for _, server, kernel in rows)
    limit = int(config.Spawner.mem_limit.removesuffix("M"))
    machines = re.findall(r"^\| up to (\d+) .*\| (\d+) GB \((\d+) GB if all", text, re.MULTILINE)
    assert [people for people, *_ in machines] == ["40", "100"]
    for people, memory, at_worst in machines:
        assert int(people) * learner < int(memory) * 1000
        assert int(people) * limit < int(at_worst) * 1000
    people, nodes, size = map(
        int, re.search(r"up to (\d+) .* (\d+) nodes of (\d+) GB", text).groups()
    )
    guaranteed = int(VALUES["singleuser"]["memory"]["guarantee"].removesuffix("M"))
    on_a_node = (size - 1) * 1000 // guaranteed  # a node keeps about a gigabyte for itself
    assert nodes * on_a_node >= people == config.JupyterHub.active_server_limit


def test_a_room_that_comes_at_once_is_not_turned_away(config):
    """JupyterHub refuses with 429 what starts beyond this limit."""
    largest = config.JupyterHub.active_server_limit
    assert config.JupyterHub.concurrent_spawn_limit >= largest >= 200
    assert min(config.Spawner.start_timeout, config.Spawner.http_timeout) >= 240
    hub = VALUES["hub"]
    assert hub["config"]["KubeSpawner"]["http_timeout"] >= 240
    assert hub["concurrentSpawnLimit"] >= hub["config"]["JupyterHub"]["active_server_limit"] >= 200


def test_the_link_for_the_room_is_for_this_release():
    (link,) = re.findall(r"^https://HUB/\S+$", (HUB / "README.md").read_text(), re.MULTILINE)
    assert f"kvmendian-{TAG.removeprefix('v')}-py3-none-any.whl" in (HUB / "README.md").read_text()
    asked = parse_qs(urlsplit(link).query)
    assert asked["repo"] == [PROJECT["urls"]["Repository"]]
    assert asked["branch"] == [TAG]
    assert asked["urlpath"] == [f"lab/tree/kvmendian{START.removeprefix('/lab/tree')}"]
