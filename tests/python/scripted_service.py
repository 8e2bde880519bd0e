"""A service that answers as it is told, and keeps what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass, field
from typing import NamedTuple


class Request(NamedTuple):
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body) if self.body else None


@dataclass
class Answer:
    status: int = 400
    body: str = '{"code":"SCRIPTED","message":"as told"}'
    headers: list[tuple[str, str]] = field(default_factory=lambda: [("content-type", "application/json")])

    def encoded(self):
        body = self.body.encode()
        lines = [f"HTTP/1.1 {self.status} As told", f"content-length: {len(body)}", "connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return "\r\n".join([*lines, "", ""]).encode() + body


class ScriptedService:
    """Gives its answers in turn, and the last one from then on."""

    def __init__(self, *answers):
        self.answers = list(answers) or [Answer()]
        self.requests: list[Request] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Wakes the thread that waits for the next one, which would take it in spite of `close`.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def take(self):
        """All requests since the last time."""
        taken, self.requests = self.requests, []
        return taken

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as file:
                request = self._read(file)
                if request is None:
                    continue
                self.requests.append(request)
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                connection.sendall(answer.encoded())

    @staticmethod
    def _read(file):
        first = file.readline().decode().split()
        if not first:
            return None
        headers = {}
        while (line := file.readline().decode("latin-1").strip()) != "":
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        body = file.read(int(headers.get("content-length", 0)))
        return Request(first[0], first[1], headers, body)
