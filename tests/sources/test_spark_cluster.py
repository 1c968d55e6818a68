"""Spark on a real cluster of this machine, with a worker killed in the middle: the same tables."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from support.odd_records import odd_records, write_parts

from compendium import tables
from compendium.tabulation import count

pytestmark = pytest.mark.skipif(
    not (importlib.util.find_spec("pyspark") and shutil.which("java")), reason="Spark needs `make extras` and Java"
)
PATIENCE = 120  # seconds

#: Builds the tables on a cluster; kills the process group of one worker as soon as both workers
#: hold a part of what later stages need.
DRIVER = """
import os, signal, sys, time
from pathlib import Path
from compendium import tables
from compendium.tabulation import count, engines
from support.offers import IN_MANIFEST

folder, place, master, victim = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
with engines.connect("spark", "500MB", master) as engine:
    executors = engine.session.sparkContext._jsc.sc().getExecutorMemoryStatus
    while executors().size() < 3:  # the driver counts as one
        time.sleep(0.05)
    keep = engine.keep

    def keep_and_kill(name, expression):
        kept = keep(name, expression)
        if name == "people":
            print("people:", kept.count().execute(), flush=True)
            os.killpg(victim, signal.SIGKILL)
            while executors().size() == 3:
                time.sleep(0.05)
            print("workers left:", executors().size() - 1, flush=True)
        return kept

    engine.keep = keep_and_kill
    tables.write(count.count_down(engine.read(folder), engine), {"title": "odd", "is_sample": True}, place)
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def group(command, log: Path, **options):
    """Run a command in a process group of its own, and end the whole group, whatever happens."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True, **options)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.05)


@pytest.fixture
def cluster(tmp_path):
    """A master and two workers; gives the master's address, the workers, and the environment."""
    import pyspark

    home = Path(pyspark.__file__).parent
    conf = tmp_path / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text(
        "spark.sql.shuffle.partitions 4\nspark.shuffle.io.retryWait 200ms\n"
        f"spark.cores.max 2\nspark.local.dir {tmp_path / 'local'}\n"
    )
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_DIRS": str(tmp_path / "local"),
        "SPARK_DAEMON_MEMORY": "256m",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    port = free_port()
    address = f"spark://127.0.0.1:{port}"

    def daemon(name, *arguments):
        return group(
            [
                str(home / "bin" / "spark-class"),
                f"org.apache.spark.deploy.{name}",
                "--host",
                "127.0.0.1",
                "--webui-port",
                "0",
                *arguments,
            ],
            tmp_path / f"{name}{len(workers)}.log",
            env=environment,
            cwd=tmp_path,
        )

    with ExitStack() as stack:
        workers = []
        stack.enter_context(daemon("master.Master", "--port", str(port)))
        log = tmp_path / "master.Master0.log"
        wait_for(lambda: "New state: ALIVE" in log.read_text(errors="replace"), "the master")
        for number in range(2):
            workers.append(
                stack.enter_context(
                    daemon(
                        "worker.Worker",
                        "--cores",
                        "1",
                        "--memory",
                        "600m",
                        "--work-dir",
                        str(tmp_path / f"work{number}"),
                        address,
                    )
                )
            )
        wait_for(lambda: log.read_text(errors="replace").count("Registering worker") == 2, "two workers")
        yield address, workers, environment


def processes_of(folder: Path) -> list[str]:
    """Return the command lines that name `folder`, of processes that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command:
            found.append(command)
    return found


def alive(group_id: int) -> list[str]:
    """Return the processes of a group that have not ended; an orphan may wait for long to be reaped."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of_group = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(of_group) == group_id and state != "Z":
            found.append(path.parent.name)
    return found


def test_a_cluster_that_loses_a_worker_gives_the_same_bytes(cluster, tmp_path):
    address, workers, environment = cluster
    write_parts(tmp_path / "records", odd_records(4, works=80))
    log = tmp_path / "driver.log"
    with group(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            DRIVER,
            str(tmp_path / "records"),
            str(tmp_path / "spark"),
            address,
            str(workers[0].pid),
        ],
        log,
        env=environment,
    ) as driver:
        code = driver.wait(timeout=5 * PATIENCE)
    said = log.read_text(errors="replace")
    assert code == 0, said[-3000:]
    assert "workers left: 1" in said and workers[0].wait(timeout=PATIENCE) == -signal.SIGKILL
    assert workers[1].poll() is None
    tables.write(count.tables_of(tmp_path / "records"), {"title": "odd", "is_sample": True}, tmp_path / "duckdb")
    for path in sorted((tmp_path / "duckdb").iterdir()):
        assert (tmp_path / "spark" / path.name).read_bytes() == path.read_bytes(), path.name


def test_nothing_of_a_group_is_left_when_a_test_fails(tmp_path):
    with (
        pytest.raises(RuntimeError),
        group(["bash", "-c", f"sleep 987 & echo up; wait; : {tmp_path}"], tmp_path / "log") as process,
    ):
        wait_for(lambda: (tmp_path / "log").read_text() == "up\n", "the group")
        raise RuntimeError
    wait_for(lambda: not processes_of(tmp_path) and not alive(process.pid), "the group to end")
