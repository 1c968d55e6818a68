"""A kernel that is forked from its worker instead of started anew, with all imports already made.

The worker forks it first, while it has no thread and no socket; the kernel then waits to be told its
connection file. For jupyter_client it is a process like one that was started by a command.
"""

import os
import signal
import sys
import uuid
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

LAUNCHER = "ipykernel_launcher"


class ForkedKernel:
    """A process that waits to become a kernel; with the part of `subprocess.Popen` that a provisioner calls."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        context = get_context("fork")
        receiver, self._orders = context.Pipe(duplex=False)
        self._process = context.Process(target=_await_orders, args=(receiver, self._orders), daemon=True)
        self._process.start()
        receiver.close()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def launch(self, arguments: Sequence[str], environment: Mapping[str, str], folder: str) -> None:
        """Let it become a kernel."""
        self._orders.send((list(arguments), dict(environment), folder))

    def poll(self) -> int | None:
        """Return the exit code; None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Return the exit code when it has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def _await_orders(receiver: Connection, orders: Connection) -> None:
    """Wait to be told what kernel to be, and be it; end where the worker has none to give."""
    os.setsid()  # a signal to the worker's group is none to the kernel
    orders.close()
    try:
        arguments, environment, folder = receiver.recv()
    except EOFError:
        return
    from ipykernel.kernelapp import IPKernelApp

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = [LAUNCHER, *arguments]
    ends_with_worker = f"--IPKernelApp.parent_handle={os.getppid()}"  # else read from the environment at import
    IPKernelApp.launch_instance(argv=[*arguments, ends_with_worker])


#: The kernel that this worker has forked, until a notebook takes it.
_waiting: list[ForkedKernel] = []


def fork_kernel() -> None:
    """Fork the kernel of this worker; to be called before it has a thread."""
    _waiting.append(ForkedKernel())


class ForkedProvisioner(LocalProvisioner):
    """Gives the kernel that was forked, where a command would be started."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch the kernel with the arguments of the command."""
        kernel = _waiting.pop()
        self.cwd = str(kwargs.get("cwd") or os.getcwd())
        kernel.launch(cmd[cmd.index(LAUNCHER) + 1 :], kwargs["env"], self.cwd)
        self.process, self.pid, self.pgid = kernel, kernel.pid, kernel.pid
        return self.connection_info


class ForkedKernelManager(AsyncKernelManager):
    """Manages the kernel that this worker has forked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kernel_id = str(uuid.uuid4())
        self.provisioner = ForkedProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
