"""What messages are delivered to: endpoints that take requests, a mail server, and what stands in front of a server."""

import asyncio
import json
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import trustme
from aiosmtpd.smtp import SMTP, AuthResult

WAIT_DEADLINE_S = 60


class Arrivals(list):
    """What has come, and who waits for it."""

    def __init__(self):
        super().__init__()
        self.changed = threading.Condition()

    def add(self, item) -> None:
        with self.changed:
            self.append(item)
            self.changed.notify_all()

    def until(self, count: int) -> list:
        """All that has come, once it is so many."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self) >= count, WAIT_DEADLINE_S), f"{len(self)} of {count} came"
            return list(self)


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: str

    def json(self) -> dict:
        return json.loads(self.body)


class Endpoint:
    """Takes requests, and answers 200 or what it is told to."""

    def __init__(self, tls: ssl.SSLContext | None = None, name: str = "127.0.0.1"):
        self.received = Arrivals()
        self.answers: list[tuple[int, dict[str, str]]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(*endpoint.get(self.path))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                endpoint.received.add(Received(self.path, headers, body))
                status, more = endpoint.answers.pop(0) if endpoint.answers else (200, {})
                self.answer(status, b"", more)

            def answer(self, status: int, body: bytes, headers: dict[str, str] = {}):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                # A client that does not like the certificate goes away; that is what is tested.
                pass

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.port = self.http.server_address[1]
        if tls:
            self.http.socket = tls.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://{name}:{self.port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def get(self, path: str) -> tuple[int, bytes]:
        return 404, b""

    def stop(self) -> None:
        self.http.shutdown()
        self.http.server_close()


class Front(Endpoint):
    """Stands in front of a server and keeps the connection private, as a reverse proxy does."""

    target = ""

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(self.target + path, timeout=WAIT_DEADLINE_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


class MailServer:
    """Takes mail over SMTP, and answers 250 or what it is told to."""

    def __init__(self, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None):
        self.letters = Arrivals()
        self.answers: list[str] = []
        self.login = login
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        options = {"tls_context": tls, "require_starttls": tls is not None, "loop": self.loop}
        if login:
            options |= {"auth_required": True, "authenticator": self.authenticate}
        starting = self.loop.create_server(lambda: SMTP(self, **options), "127.0.0.1", 0)
        self.server = asyncio.run_coroutine_threadsafe(starting, self.loop).result(WAIT_DEADLINE_S)
        self.port = self.server.sockets[0].getsockname()[1]

    def authenticate(self, server, session, envelope, mechanism, given) -> AuthResult:
        return AuthResult(success=(given.login.decode(), given.password.decode()) == self.login)

    async def handle_DATA(self, server, session, envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.letters.add(read_letter(envelope.content))
        return answer

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.server.close)
        self.loop.call_soon_threadsafe(self.loop.stop)


def read_letter(content: bytes) -> EmailMessage:
    return message_from_bytes(content.replace(b"\r\n", b"\n"), policy=policy.default)


def tls_of(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """What a server with these names shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context
