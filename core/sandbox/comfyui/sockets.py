"""The websocket: who listens, and what they are told."""

import struct
import uuid
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from core.sandbox.comfyui.jobs import Server

PREVIEW_IMAGE, JPEG = 1, 1  # kinds of binary message and of picture in it


class Sockets:
    """Clients by their id; messages about a prompt go to the client that sent it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._clients: dict[str, WebSocket] = {}

    async def serve(self, socket: WebSocket) -> None:
        """``/ws?clientId=``: a second connection of the same client takes the first one's place."""
        sid = socket.query_params.get("clientId") or uuid.uuid4().hex
        await socket.accept()
        self._clients[sid] = socket
        try:
            await socket.send_json({"type": "status", "data": {**self._status(self._server.remaining), "sid": sid}})
            running = self._server.running
            if running is not None and running.client_id == sid:
                await socket.send_json({"type": "executing", "data": {"node": running.node}})
            while True:
                await socket.receive()
        except (WebSocketDisconnect, RuntimeError):
            pass  # starlette's ways to say that they hung up
        finally:
            if self._clients.get(sid) is socket:
                del self._clients[sid]

    def listens(self, sid: str | None) -> bool:
        return sid in self._clients

    async def status(self, remaining: int) -> None:
        for sid in list(self._clients):
            await self.send(sid, "status", self._status(remaining))

    async def send(self, sid: str | None, event: str, data: dict[str, Any]) -> None:
        socket = self._clients.get(sid or "")
        if socket is not None:
            await self._quietly(socket.send_json({"type": event, "data": data}))

    async def preview(self, sid: str | None, jpeg: bytes) -> None:
        socket = self._clients.get(sid or "")
        if socket is not None:
            await self._quietly(socket.send_bytes(struct.pack(">II", PREVIEW_IMAGE, JPEG) + jpeg))

    async def _quietly(self, sending: Awaitable[None]) -> None:
        # Gone in the middle of it: the reading side takes them off the list.
        with suppress(WebSocketDisconnect, RuntimeError):
            await sending

    @staticmethod
    def _status(remaining: int) -> dict[str, Any]:
        return {"status": {"exec_info": {"queue_remaining": remaining}}}
