"""An SMS gateway in a process of its own: prints its address, then takes messages until its input
ends."""

from __future__ import annotations

import sys

from tests.fakes.gateway_server import gateway_server

if __name__ == "__main__":
    with gateway_server() as server:
        server.secret = ""
        print(server.url, flush=True)
        sys.stdin.read()
        print(len(server.sent()), flush=True)
