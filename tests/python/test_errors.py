"""Exceptions: one base, a stable code, and Python's own classes beside it."""

import copy
import pickle

import deno_sandbox
import pytest
from deno_sandbox import DenoDeploy, errors
from deno_sandbox.errors import DenoSandboxError
from scripted_service import Answer, ScriptedService

TOKEN = "ddo_the-secret-token"


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("HTTPStatusError", Exception),
        ("AuthenticationError", Exception),
        ("MissingApiToken", Exception),
        ("UnknownRpcMethod", Exception),
        ("ProcessAlreadyExited", Exception),
        ("RpcValidationError", ValueError),
    ],
)
def test_published_names_are_classes_of_ours(name, also):
    kind = getattr(errors, name)
    assert issubclass(kind, DenoSandboxError)
    assert issubclass(kind, also)


def test_every_class_has_the_one_base():
    classes = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(kind, DenoSandboxError) for kind in classes)
    assert deno_sandbox.DenoSandboxError is DenoSandboxError


def test_no_token_is_said_at_once(monkeypatch):
    monkeypatch.delenv("DENO_DEPLOY_TOKEN")
    with pytest.raises(errors.MissingApiToken, match="DENO_DEPLOY_TOKEN") as caught:
        DenoDeploy()
    assert caught.value.code == "missing-token"


def test_a_refused_token():
    body = '{"code":"INVALID_TOKEN","message":"The token is invalid."}'
    with ScriptedService(Answer(401, body, [("x-deno-trace-id", "0af7651916cd43dd8448eb211c80319c")])) as service:
        with pytest.raises(errors.AuthenticationError) as caught:
            DenoDeploy({"token": TOKEN}, endpoint=service.url).volumes.list()
    error = caught.value
    assert (error.error_code, error.status, error.code) == ("invalid-token", 401, "INVALID_TOKEN")
    assert error.service_code == error.code
    assert error.trace_id == "0af7651916cd43dd8448eb211c80319c"
    assert not error.retryable


def test_nobody_listens():
    with ScriptedService() as service:
        client = DenoDeploy({"token": TOKEN}, endpoint=service.url, sandbox_endpoint=service.url)
    with pytest.raises(ConnectionError) as caught:
        client.volumes.create("slug", "ord", "1GB")
    assert isinstance(caught.value, DenoSandboxError)
    assert caught.value.retryable
    with pytest.raises(ConnectionError):
        client.sandbox.create().__enter__()


def test_a_deadline_is_a_timeout(monkeypatch):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = DenoDeploy({"token": TOKEN}, endpoint=url, request_timeout=0.2)
        with pytest.raises(TimeoutError) as caught:
            client.volumes.create("slug", "ord", "1GB")
    assert isinstance(caught.value, DenoSandboxError)


def test_the_token_is_nowhere():
    with ScriptedService(Answer(500, "oops")) as service:
        client = DenoDeploy({"token": TOKEN}, endpoint=service.url, sandbox_endpoint=service.url)
        assert TOKEN not in repr(client) + str(client) + repr(vars(client)) + repr(client.volumes)
        for call in (lambda: client.volumes.create("slug", "ord", "1GB"), lambda: client.sandbox.create().__enter__()):
            with pytest.raises(DenoSandboxError) as caught:
                call()
            assert TOKEN not in repr(caught.value) + str(caught.value) + repr(vars(caught.value))


@pytest.mark.parametrize("clone", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_an_error_travels_between_processes(clone):
    with pytest.raises(DenoSandboxError) as caught:
        DenoDeploy().volumes.create("Wrong!", "ord", "1GB")
    error = clone(caught.value)
    assert type(error) is type(caught.value)
    assert (str(error), error.code, error.operation) == (str(caught.value), "invalid-slug", caught.value.operation)


@pytest.mark.parametrize(
    "options",
    [{"endpoint": "ftp://x"}, {"endpoint": "not a url"}, {"token": "has space"}, {"token": "ddp_personal"},
     {"request_timeout": -1}],
)  # fmt: skip
def test_wrong_options_of_a_client_are_refused(options, monkeypatch):
    monkeypatch.delenv("DENO_DEPLOY_ORG", raising=False)
    with pytest.raises(ValueError) as caught:
        DenoDeploy(**options)
    assert isinstance(caught.value, DenoSandboxError)
    assert options.get("token", "nothing") not in str(caught.value)


def test_wrong_types_for_a_client():
    with pytest.raises(TypeError, match="token"):
        DenoDeploy({"token": 7})
    with pytest.raises(TypeError, match="endpoint"):
        DenoDeploy(endpoint=7)
    with pytest.raises(TypeError, match="tokken"):
        DenoDeploy(tokken="x")
