"""The golden cases that every language answers alike, put to the face that users see."""

import base64
import json
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from deno_sandbox import Capacity, DenoDeploy, format_bytes
from deno_sandbox.errors import DenoSandboxError
from scripted_service import Answer, ScriptedService

VECTORS = Path(__file__).parent.parent / "vectors"


def cases(file, but=lambda given: False):
    """The cases of a file, each as a parameter with its name; `but` leaves out those that it is true of."""
    every = json.loads((VECTORS / f"{file}.json").read_text())["cases"]
    chosen = [case for case in every if not but(case["input"])]
    assert len(every) - 1 <= len(chosen)
    return pytest.mark.parametrize("case", chosen, ids=[case["name"] for case in chosen])


@pytest.fixture(scope="module")
def service():
    with ScriptedService() as service:
        yield service


@pytest.fixture
def client(service):
    service.take()
    return connected(service)


def connected(service, **options):
    """A client whose service is the scripted one."""
    options = {"token": "ddo_test", "endpoint": service.url, "sandbox_endpoint": service.url, **options}
    return DenoDeploy(options)


def sent_config(service, client, **options):
    """What a sandbox would be made of."""
    with pytest.raises(DenoSandboxError) as caught:
        client.sandbox.create(**options).__enter__()
    requests = service.take()
    if caught.value.status is None:
        assert requests == [], "sent in spite of a wrong value"
        raise caught.value
    (request,) = requests
    return json.loads(base64.b64decode(request.headers["x-deno-sandbox-config"]))


def check(case, key, answer):
    """Compares what a call gives, or the code it fails with."""
    expected = case.get("error")
    if expected is None:
        assert answer() == case[key], case["shows"]
        return
    with pytest.raises(DenoSandboxError) as caught:
        answer()
    assert caught.value.error_code == expected["code"], case["shows"]
    assert expected.get("hint_contains", "") in str(caught.value)
    assert isinstance(caught.value, ValueError)


@cases("capacities")
def test_capacities(case, service, client):
    check(case, "bytes", lambda: int(Capacity(case["input"])))

    def created():
        try:
            client.volumes.create("slug", "ord", case["input"])
        except DenoSandboxError as error:
            if error.status is None:
                assert service.take() == []
                raise
        return service.take()[0].json["capacity"]

    check(case, "bytes", created)


@cases("format-bytes")
def test_format_bytes(case):
    assert format_bytes(int(case["input"])) == case["text"], case["shows"]


@cases("memory")
def test_memory(case, service, client):
    check(case, "mib", lambda: sent_config(service, client, memory=case["input"])["memory_mb"])


@cases("timeouts")
def test_timeouts(case, service, client):
    def seconds():
        began = time.time()
        stop = sent_config(service, client, timeout=case["input"]).get("stop_at_ms")
        return None if stop is None else stop / 1000 - began

    if case.get("session"):
        assert seconds() is None
    elif "seconds" in case:
        assert seconds() == pytest.approx(case["seconds"], abs=5)
    else:
        check(case, "", seconds)


@cases("regions")
def test_regions(case, service, client):
    check(case, "text", lambda: sent_config(service, client, region=case["input"])["region"])


@cases("allow-net")
def test_allow_net(case, service, client):
    check(case, "text", lambda: sent_config(service, client, allow_net=[case["input"]])["allow_net"][0])


@cases("mount-paths")
def test_mount_paths(case, service, client):
    check(
        case, "text", lambda: sent_config(service, client, volumes={case["input"]: "slug"})["volumes"][0]["path"]
    )


@cases("labels")
def test_labels(case, service, client):
    check(case, "labels", lambda: sent_config(service, client, labels=case["input"]).get("labels", {}))


@cases("slugs")
def test_slugs(case, service, client):
    def created():
        try:
            client.volumes.create(case["input"], "ord", "1GB")
        except DenoSandboxError as error:
            if error.status is None:
                raise
        return service.take()[0].json["slug"]

    check(case, "text", created)


@cases("sandbox-ids")
def test_sandbox_ids(case, service, client):
    def connect():
        with pytest.raises(DenoSandboxError) as caught:
            client.sandbox.connect(case["input"]).__enter__()
        if caught.value.status is None:
            raise caught.value
        (request,) = service.take()
        return urlsplit(request.target).path.split("/")[4]

    check(case, "text", connect)


# Extending a timeout needs a connection: `test_sandboxes.py` does it.
@cases("requests", but=lambda given: given["call"] == "sandboxes.extend_timeout")
def test_requests(case, service):
    given = case["input"]
    service.take()
    options = dict(given["client"])
    options.pop("sandbox_base_domain", None)
    options.pop("sandbox_endpoint", None)
    if "endpoint" in options:
        options["endpoint"] = service.url + urlsplit(options["endpoint"]).path
    client = connected(service, **options)
    expected_error = case.get("error")
    with pytest.raises(DenoSandboxError) as caught:
        call(client, given["call"], dict(given["args"]))
    if expected_error:
        assert (caught.value.error_code, service.take()) == (expected_error["code"], [])
        return
    (request,) = service.take()
    expected = urlsplit(case["url"])
    assert request.method == case["method"]
    assert urlsplit(request.target)[2:] == expected[2:]
    assert request.json == case["body"]
    assert request.headers["user-agent"].startswith("deno-sandbox-python/")
    for name, value in case["headers"].items():
        if name != "x-deno-sandbox-config":
            assert request.headers.get(name) == value, name
    if "config" in case:
        config = json.loads(base64.b64decode(request.headers["x-deno-sandbox-config"]))
        stop, expected_stop = config.pop("stop_at_ms", None), case["config"].pop("stop_at_ms", None)
        assert (stop is None) == (expected_stop is None)
        assert config == case["config"]


def call(client, name, args):
    """The face's call for a name of the table."""
    sandbox = client.sandbox
    renamed = {"from": "from_snapshot", "volume": "id_or_slug", "snapshot": "id_or_slug", "id": "sandbox_id"}
    if args.pop("stop_at_ms", None) is not None:
        args["timeout"] = "5m"
    args = {renamed.get(key, key): value for key, value in args.items()}
    match name:
        case "sandboxes.create":
            return sandbox.create(**args).__enter__()
        case "sandboxes.connect":
            return sandbox.connect(**args).__enter__()
        case "sandboxes.list":
            return sandbox.list(**args)
        case "sandboxes.kill":
            return sandbox.kill(**args)
    owner, method = name.split(".")
    return getattr(getattr(client, owner), method)(**args)


@cases("link-headers")
def test_link_headers(case):
    headers = [("link", value) for value in case["input"]["headers"]]
    with ScriptedService(Answer(200, "[]", headers)) as service:
        client = connected(service)
        if "error" not in case:
            assert client.volumes.list().next_cursor == case["next_cursor"], case["shows"]
            return
        with pytest.raises(DenoSandboxError) as caught:
            client.volumes.list()
        assert caught.value.error_code == case["error"]["code"], case["shows"]


# Success is an error only where a handshake was due: the core's own tests have that.
@cases("error-bodies", but=lambda given: given["status"] < 300)
def test_error_bodies(case):
    given = case["input"]
    with ScriptedService(Answer(given["status"], given["body"], list(given["headers"].items()))) as service:
        with pytest.raises(DenoSandboxError) as caught:
            connected(service).volumes.create("slug", "ord", "1GB")
    error = caught.value
    seen = {name: getattr(error, name) for name in ("service_code", "trace_id", "retryable")}
    assert seen == {name: case[name] for name in seen}, case["shows"]
    assert error.error_code == case["code"], case["shows"]
    assert case["message"] in str(error)
    assert error.status == given["status"]


def test_a_read_is_repeated_and_a_write_is_not():
    refused = Answer(503, "", [("retry-after", "0")])
    with ScriptedService(refused, refused, Answer(200, "[]")) as service:
        assert connected(service).volumes.list().items == []
        assert len(service.take()) == 3
    with ScriptedService(Answer(503, "")) as service:
        with pytest.raises(DenoSandboxError) as caught:
            connected(service).volumes.create("slug", "ord", "1GB")
        assert caught.value.retryable
        assert len(service.take()) == 1
