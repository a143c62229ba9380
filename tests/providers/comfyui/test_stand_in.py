"""The imitated ComfyUI itself: as strict and as forgetful as the real one."""

import asyncio
import copy
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from websockets.sync.client import connect

from core.adapters.images.catalogue.comfyui import TEXT_TO_IMAGE
from core.adapters.images.comfyui.progress import progress_of
from core.sandbox.server import create_app
from tests.providers.support import StandInControl, new_key
from tests.sandbox.support import png, wait_until

CHECKPOINT = "sandbox_xl_1.0.safetensors"


@pytest.fixture
def http(sandbox_url: str, control: StandInControl) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{sandbox_url}/comfyui", trust_env=False) as client:
        yield client


def graph(**changed: Any) -> dict[str, Any]:
    """The bundled workflow, small; ``n3_steps=4`` sets an input of node 3."""
    made = copy.deepcopy(TEXT_TO_IMAGE)
    made["4"]["inputs"]["ckpt_name"] = CHECKPOINT
    made["5"]["inputs"] |= {"width": 32, "height": 32}
    made["3"]["inputs"]["steps"] = 2
    for name, value in changed.items():
        node, _, slot = name.lstrip("n").partition("_")
        made[node]["inputs"][slot] = value
    return made


def run(http: httpx.Client, **changed: Any) -> dict[str, Any]:
    """Queue a prompt and wait for its entry in the history."""
    answer = http.post("/prompt", json={"prompt": graph(**changed), "client_id": "tests"}).json()
    path = f"/history/{answer['prompt_id']}"
    wait_until(lambda: bool(http.get(path).json()))
    entry: dict[str, Any] = http.get(path).json()[answer["prompt_id"]]
    return entry


@pytest.mark.parametrize(
    ("changed", "node", "kind"),
    [
        ({"n3_steps": 0}, "3", "value_smaller_than_min"),
        ({"n3_denoise": 1.5}, "3", "value_bigger_than_max"),
        ({"n3_cfg": "much"}, "3", "invalid_input_type"),
        ({"n3_scheduler": "none"}, "3", "value_not_in_list"),
        ({"n4_ckpt_name": "missing.ckpt"}, "4", "value_not_in_list"),
        ({"n6_clip": ["4", 0]}, "6", "return_type_mismatch"),
        ({"n6_clip": "clip"}, "6", "bad_linked_input"),
        ({"n6_clip": ["77", 1]}, "6", "exception_during_inner_validation"),
    ],
)
def test_a_graph_is_looked_over_before_it_is_queued(
    http: httpx.Client, control: StandInControl, changed: dict[str, Any], node: str, kind: str
) -> None:
    response = http.post("/prompt", json={"prompt": graph(**changed)})
    body = response.json()
    assert (response.status_code, body["error"]["type"]) == (400, "prompt_outputs_failed_validation")
    assert body["node_errors"][node]["errors"][0]["type"] == kind
    assert body["node_errors"][node]["dependent_outputs"] == ["9"]
    assert control.begun == 0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({}, "no_prompt"),
        ({"prompt": {}}, "prompt_no_outputs"),
        ({"prompt": {"1": {"inputs": {}}}}, "missing_node_type"),
        ({"prompt": {"1": {"class_type": "Unheard", "inputs": {}}}}, "missing_node_type"),
        ({"prompt": graph(), "prompt_id": "Mine"}, "invalid_prompt_id"),
    ],
)
def test_what_is_no_graph_is_refused(http: httpx.Client, body: dict[str, Any], kind: str) -> None:
    response = http.post("/prompt", json=body)
    assert (response.status_code, response.json()["error"]["type"]) == (400, kind)


def test_a_graph_in_a_circle_ends(http: httpx.Client) -> None:
    circle = graph()
    circle["5"] = {"class_type": "RepeatLatentBatch", "inputs": {"samples": ["3", 0], "amount": 1}}
    assert http.post("/prompt", json={"prompt": circle}).status_code == 400


def test_the_socket_tells_the_client_how_its_prompt_goes(http: httpx.Client, sandbox_url: str) -> None:
    heard: list[str] = []
    previews: list[bytes] = []
    address = f"{sandbox_url.replace('http', 'ws')}/comfyui/ws"
    with connect(f"{address}?clientId=mine", proxy=None) as mine, connect(address, proxy=None) as other:
        first = json.loads(mine.recv(timeout=10))
        assert (first["type"], first["data"]["sid"]) == ("status", "mine")
        http.post("/prompt", json={"prompt": graph(), "client_id": "mine"})
        while True:
            message = mine.recv(timeout=10)
            if isinstance(message, bytes):
                previews.append(message)
                continue
            told = json.loads(message)
            heard.append(told["type"])
            if told["type"] == "executing" and told["data"]["node"] is None:
                break
        assert [event for event in dict.fromkeys(heard) if event != "status"] == [
            "execution_start", "execution_cached", "executing", "progress", "executed", "execution_success",
        ]  # fmt: skip
        assert previews[0][:8] == b"\0\0\0\1\0\0\0\1"
        assert Image.open(io.BytesIO(previews[0][8:])).format == "JPEG"
        assert json.loads(other.recv(timeout=10))["type"] == "status"
        assert json.loads(other.recv(timeout=10))["type"] == "status"


def test_a_number_or_the_front_decides_who_goes_first(http: httpx.Client, control: StandInControl) -> None:
    control.behave(is_held=True)
    ids = [new_key() for _ in range(4)]
    orders: list[dict[str, Any]] = [{}, {}, {"front": True}, {"number": -100}]
    for prompt_id, order in zip(ids, orders, strict=True):
        http.post("/prompt", json={"prompt": graph(), "prompt_id": prompt_id, **order})
    wait_until(lambda: bool(http.get("/queue").json()["queue_running"]))
    assert [row[1] for row in http.get("/queue").json()["queue_pending"]] == [ids[3], ids[2], ids[1]]
    assert http.get("/prompt").json() == {"exec_info": {"queue_remaining": 4}}
    http.post("/queue", json={"clear": True})
    assert http.get("/api/queue").json()["queue_pending"] == []


def test_history_is_paged_cleared_and_forgotten(http: httpx.Client, control: StandInControl) -> None:
    entries = [run(http, n3_seed=seed) for seed in range(3)]
    ids = [entry["prompt"][1] for entry in entries]
    assert list(http.get("/history", params={"max_items": 2}).json()) == ids[1:]
    assert list(http.get("/history", params={"max_items": 1, "offset": 0}).json()) == ids[:1]
    http.post("/history", json={"delete": [ids[1]]})
    assert list(http.get("/history").json()) == [ids[0], ids[2]]
    control.behave(history_kept=1)
    run(http, n3_seed=9)
    assert len(http.get("/history").json()) == 1


def test_only_what_changed_is_run_again(http: httpx.Client) -> None:
    assert run(http)["outputs"]["9"]["images"]
    again = run(http)
    messages = dict(again["status"]["messages"])
    assert again["outputs"] == {}
    assert "9" in messages["execution_cached"]["nodes"]
    third = dict(run(http, n3_seed=1)["status"]["messages"])
    assert set(third["execution_cached"]["nodes"]) == {"4", "5", "6", "7"}


def test_an_upload_of_other_content_gets_a_number(http: httpx.Client) -> None:
    def upload(content: bytes, **fields: str) -> dict[str, str]:
        answer: dict[str, str] = http.post("/upload/image", files={"image": ("a.png", content)}, data=fields).json()
        return answer

    assert upload(png(seed=1)) == {"name": "a.png", "subfolder": "", "type": "input"}
    assert upload(png(seed=1))["name"] == "a.png"
    assert upload(png(seed=2))["name"] == "a (1).png"
    assert upload(png(seed=3), overwrite="true")["name"] == "a.png"
    assert upload(png(seed=4), subfolder="mine") == {"name": "a.png", "subfolder": "mine", "type": "input"}
    choices = http.get("/object_info/LoadImage").json()["LoadImage"]["input"]["required"]["image"][0]
    assert choices == ["a (1).png", "a.png", "mine/a.png"]
    assert http.post("/upload/image", files={"image": ("a.png", b"x")}, data={"subfolder": "../etc"}).status_code == 400


def test_files_are_shown_whole_small_or_by_channel(http: httpx.Client) -> None:
    file = run(http)["outputs"]["9"]["images"][0]
    assert file["subfolder"] == "atelier"
    assert "prompt" in Image.open(io.BytesIO(http.get("/view", params=file).content)).info
    preview = http.get("/view", params={**file, "preview": "webp;50"})
    assert preview.headers["content-type"] == "image/webp"
    alpha = http.get("/view", params={**file, "channel": "a"})
    assert Image.open(io.BytesIO(alpha.content)).mode == "L"
    assert http.get("/view", params={**file, "filename": "none.png"}).status_code == 404
    assert http.get("/view", params={**file, "filename": "../secret"}).status_code == 400


def test_jobs_tell_the_same_in_one_shape(http: httpx.Client, control: StandInControl) -> None:
    done = run(http)["prompt"][1]
    failed = run(http, n4_ckpt_name="damaged.safetensors")["prompt"][1]
    control.behave(is_held=True)
    ids = [http.post("/prompt", json={"prompt": graph(n3_seed=5)}).json()["prompt_id"] for _ in range(2)]
    wait_until(lambda: http.get(f"/api/jobs/{ids[0]}").json()["status"] == "in_progress")
    jobs = {job["id"]: job["status"] for job in http.get("/api/jobs").json()["jobs"]}
    assert jobs == {done: "completed", failed: "failed", ids[0]: "in_progress", ids[1]: "pending"}
    assert http.get("/api/jobs", params={"status": "failed", "limit": 5}).json()["pagination"]["total"] == 1
    assert http.get(f"/api/jobs/{failed}").json()["execution_error"]["node_type"] == "CheckpointLoaderSimple"
    for _ in range(2):  # asking again changes nothing
        cancelled = [http.post(f"/api/jobs/{one}/cancel").json()["cancelled"] for one in (ids[1], done)]
    assert cancelled == [False, False]
    assert http.get("/api/jobs/unheard").status_code == 404
    control.behave(is_older=True)
    assert http.get("/api/jobs").status_code == 404


def test_it_does_not_answer_other_machines() -> None:
    async def knock() -> list[Any]:
        said: list[Any] = []
        scope = {
            "type": "websocket",
            "path": "/comfyui/ws",
            "query_string": b"",
            "headers": [],
            "client": ("10.0.0.9", 1),
        }

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            said.append(message)

        await create_app()(scope, receive, send)
        return said

    assert [message["type"] for message in asyncio.run(knock())] == ["websocket.close"]


@pytest.mark.parametrize(
    ("told", "share"),
    [
        ({"type": "progress", "data": {"prompt_id": "p", "value": 3, "max": 12}}, 0.25),
        ({"type": "progress", "data": {"prompt_id": "other", "value": 3, "max": 12}}, None),
        ({"type": "progress_state", "data": {"prompt_id": "p", "nodes": {
            "1": {"state": "finished", "value": 9, "max": 9}, "2": {"state": "running", "value": 1, "max": 4},
        }}}, 0.25),
        ({"type": "progress_state", "data": {"prompt_id": "p", "nodes": {}}}, None),
        ({"type": "progress", "data": {"prompt_id": "p", "value": 1, "max": 1}}, None),
        ({"type": "status", "data": {"status": {}}}, None),
        ("rubbish", None),
    ],
)  # fmt: skip
def test_progress_is_read_from_either_kind_of_message(told: Any, share: float | None) -> None:
    assert progress_of(json.dumps(told) if isinstance(told, dict) else told, "p") == share
