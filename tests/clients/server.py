"""A running `nepho serve`: started on an empty folder, on ports of its own, stopped at the end."""

import json
import os
import re
import signal
import subprocess
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

from clients import read_line

START_DEADLINE_S = 60
STOP_DEADLINE_S = 30
# Moving the clock does everything that falls due on the way.
POST_DEADLINE_S = 60

# The one line that `nepho serve` prints when it is ready. Nothing else knows its form.
READY = re.compile(r"nepho ready http=(?P<http>\S+) emf=(?P<emf>\S+) data=(?P<data>.+)")


def binary() -> Path:
    return Path(os.environ.get("NEPHO_BINARY", "target/debug/nepho")).absolute()


class Server:
    """A server process and the addresses it bound."""

    def __init__(self, data: Path, clock: str = "manual", arguments: tuple[str, ...] = ()):
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        command = [str(binary()), "serve", "--data", str(data), "--listen", "127.0.0.1:0"]
        command += ["--emf", "127.0.0.1:0", "--clock", clock, *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)
        line = read_line(self.process.stdout.fileno(), START_DEADLINE_S)
        ready = READY.fullmatch(line.decode().rstrip("\n"))
        if ready is None:
            self.kill()
            raise AssertionError(f"no ready line from {command}; its log:\n{self.tail()}")
        self.http = ready["http"]
        self.emf = ready["emf"]
        self.endpoint = f"http://{self.http}"

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])

    def stop(self) -> int:
        """Asks the server to stop, as systemd would, and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(
                f"the server did not stop within {STOP_DEADLINE_S} s; its log:\n{self.tail()}"
            ) from None
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """The power goes out."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.endpoint + path, timeout=30) as answer:
            return answer.read().decode()

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> str:
        request = urllib.request.Request(self.endpoint + path, body, {"Content-Type": content_type})
        with urllib.request.urlopen(request, timeout=POST_DEADLINE_S) as answer:
            return answer.read().decode()

    def now(self) -> datetime:
        return datetime.fromisoformat(json.loads(self.get("/clock"))["now"])


class Elsewhere:
    """Somebody else's endpoint (`NEPHO_ENDPOINT`), to try the tests themselves out on."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint.rstrip("/")

    def now(self) -> datetime:
        return datetime.now(timezone.utc)
