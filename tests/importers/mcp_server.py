"""A tiny MCP server over standard input and output, that misbehaves as its arguments say."""

from __future__ import annotations

import json
import os
import sys
import time

WAYS = set(sys.argv[1:])
TOOLS = [
    {"name": "look", "description": "d", "annotations": {"readOnlyHint": True}, "inputSchema": {"properties": {}}},
    {"name": "drop", "inputSchema": {"properties": {"token": {"default": os.environ.get("API_TOKEN", "")}}}},
]


def tell(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def answer(message: dict[str, object]) -> None:
    number, method = message.get("id"), message.get("method")
    if method == "initialize":
        if "noisy" in WAYS:
            sys.stdout.write("starting up\n")
            tell({"id": "r1", "method": "roots/list"})
            tell({"method": "notifications/message", "params": {}})
        tell({"id": number, "result": {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}}})
    elif method == "tools/list":
        if "refuses" in WAYS:
            tell({"id": number, "error": {"code": -32600, "message": "canary-of-an-error"}})
        elif "pages" in WAYS:
            first = not message.get("params")
            more = {"nextCursor": "2"} if first else {}
            tell({"id": number, "result": {"tools": TOOLS[:1] if first else TOOLS[1:], **more}})
        else:
            tell({"id": number, "result": {"tools": TOOLS}})


if __name__ == "__main__":
    if "silent" in WAYS:
        time.sleep(600)
    if "dies" in WAYS:
        sys.exit(3)
    if "leaves" in WAYS:
        # a process of its own, whose number is left behind
        with open(os.environ["LEFT"], "w") as left:
            left.write(str(os.getpid()))
    for line in sys.stdin:
        answer(json.loads(line))
    if "stays" in WAYS:
        time.sleep(600)
