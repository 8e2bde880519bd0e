"""Between a client and the service: passes everything on, and keeps the calls that the client sends."""

from __future__ import annotations

import json
import os
import socket
import threading
from urllib.parse import urlsplit

TEXT = 1


class ListeningProxy:
    def __init__(self):
        service = urlsplit(os.environ["DENO_SANDBOX_ENDPOINT"])
        self._service = (service.hostname, service.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.calls: list[dict] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def methods(self):
        return [call["method"] for call in self.calls]

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            service = socket.create_connection(self._service)
            threading.Thread(target=self._pass, args=(service, client), daemon=True).start()
            threading.Thread(target=self._listen, args=(client, service), daemon=True).start()

    @staticmethod
    def _pass(source, target):
        with source, target:
            try:
                while data := source.recv(1 << 16):
                    target.sendall(data)
            except OSError:
                pass

    def _listen(self, client, service):
        with client.makefile("rb") as file, service:
            try:
                line = None
                while line not in (b"\r\n", b""):
                    line = file.readline()
                    service.sendall(line)
                while True:
                    self._frame(file, service)
            except (OSError, EOFError):
                pass

    def _frame(self, file, service):
        def take(count):
            data = file.read(count)
            if len(data) < count:
                raise EOFError
            service.sendall(data)
            return data

        first, second = take(2)
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(take(2 if length == 126 else 8), "big")
        mask = take(4) if second & 0x80 else bytes(4)
        body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(take(length)))
        if first & 0x0F == TEXT:
            self.calls.append(json.loads(body))
