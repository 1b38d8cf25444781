"""HTTP at the end of its process: nobody new is let in, and those who are in get their answers."""

import asyncio

import httpx
import pytest
import uvicorn

from chassis.service import Server
from tests.integration.bench import until


async def is_started(server: Server) -> bool:
    return server.started


async def refuses(port: int) -> bool:
    try:
        (await asyncio.open_connection("127.0.0.1", port))[1].close()
    except ConnectionError:
        return True
    return False


async def test_a_request_that_is_in_when_the_process_is_told_to_end_is_answered_and_no_other_is_let_in():
    asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(scope, receive, send) -> None:
        asked.set()
        await may_answer.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    given = {"log_config": None, "lifespan": "off", "timeout_graceful_shutdown": 30}
    server = Server(uvicorn.Config(slow, host="127.0.0.1", port=0, **given))
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(20), httpx.AsyncClient() as client:
        await until(lambda: is_started(server))
        listening = server.servers[0].sockets[0].getsockname()[1]
        asking = asyncio.create_task(client.get(f"http://127.0.0.1:{listening}/"))
        await asked.wait()

        serving.cancel()
        await until(lambda: refuses(listening))
        may_answer.set()

        assert (await asking).status_code == 204
        with pytest.raises(asyncio.CancelledError):
            await serving
