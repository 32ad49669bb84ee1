"""A pass run by Prefect does what a pass does, and Prefect keeps no text of it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiemtin.demo.run import world_folder
from kiemtin.demo.server import WorldServer, load_world, serving
from kiemtin.demo.world import World

_RUN = """
import json, sys
from flows.passes import pass_flow
print("RESULT " + json.dumps(pass_flow(sys.argv[1], sys.argv[2], True)))
"""


@pytest.mark.slow
def test_a_pass_runs_as_a_flow_and_leaves_no_text_with_prefect(tmp_path: Path) -> None:
    home, data = tmp_path / "prefect", tmp_path / "data"
    data.mkdir()
    with serving(WorldServer()) as server:
        world = World(world_folder(), server.base)
        load_world(server, world)
        (data / "outlets.toml").write_text(world.catalog(), "utf-8")
        # A process of its own: Prefect starts threads and servers that must not outlive the test.
        done = subprocess.run(
            [sys.executable, "-c", _RUN, str(data), str(data / "outlets.toml")],
            env={**os.environ, "PREFECT_HOME": str(home), "PREFECT_LOGGING_LEVEL": "DEBUG", "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout.split("RESULT ", 1)[1])
    assert result["crawl"]["new"] > 50 and result["analysis"]["opened"] > 0
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file()) + done.stderr.encode()
    assert "Khe Mây".encode() not in kept
    assert b"Khe M\\u00e2y" not in kept
