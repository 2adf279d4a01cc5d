"""A client sends the hash of a query that was sent before. With a lender's folder, only its queries are accepted."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

import pytest

import app
from api.graphql import persisted_queries
from api.graphql.persisted_queries import PersistedQueries
from api.graphql.root import schema
from broker.connection import connected
from resolvers.context import RequestContext
from settings import Settings, SettingsError
from tests.builders import Client, serving

DATE = "{ businessDate }"
NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": digest(text)}}


async def run_and_kept(kept: PersistedQueries, text: str) -> None:
    """Send a text with its hash, like a request. The text is stored after its execution."""
    assert await kept.query(text, None, persisted(text)) == text
    await schema.execute(text, context_value=RequestContext(kept._settings, None))
    await kept.keep(text, persisted(text))


async def sent(client: Client, **body: object) -> tuple[int, Any]:
    """The status, and the code of the error, or the data."""
    response = await client.http.post("/graphql", json=body)
    answer = response.json()
    return response.status_code, answer["errors"][0]["extensions"]["code"] if "errors" in answer else answer["data"]


async def asked_by_name(client: Client, text: str) -> bool:
    """Whether a query is known."""
    status, answer = await sent(client, extensions=persisted(text))
    assert (status, answer) == (200, NOT_FOUND) or (status, answer) == (200, {"businessDate": "2026-01-01"})
    return bool(answer != NOT_FOUND)


async def test_a_query_that_was_sent_in_full_is_known_by_its_hash(settings: Settings) -> None:
    async with serving(settings) as client:
        assert not await asked_by_name(client, DATE)
        response = await client.http.post("/graphql", json={"extensions": persisted(DATE)})
        assert response.json()["errors"][0]["message"] == "PersistedQueryNotFound"
        assert (await sent(client, query=DATE, extensions=persisted(DATE)))[0] == 200
        assert await asked_by_name(client, DATE)
        response = await client.http.get("/graphql", params={"extensions": json.dumps(persisted(DATE))})
        assert response.json() == {"data": {"businessDate": "2026-01-01"}}
        response = await client.http.get("/graphql", params={"documentId": f"sha256:{digest(DATE)}"})
        assert response.json() == {"data": {"businessDate": "2026-01-01"}}
    # Another process reads it from Valkey.
    async with serving(settings) as client:
        assert await asked_by_name(client, DATE)
        assert await asked_by_name(client, DATE)


async def test_what_is_no_name_is_refused(client: Client) -> None:
    for extensions in (
        {"persistedQuery": "x"},
        {"persistedQuery": {"version": 2, "sha256Hash": digest(DATE)}},
        {"persistedQuery": {"version": 1}},
        {"persistedQuery": {"version": 1, "sha256Hash": 5}},
        {"persistedQuery": {"version": 1, "sha256Hash": "x"}},
        {"persistedQuery": {"version": 1, "sha256Hash": digest("another")}},
    ):
        status, code = await sent(client, query=DATE, extensions=extensions)
        assert status == 400
        assert code in {"BAD_USER_INPUT", NOT_FOUND, "PERSISTED_QUERY_NOT_SUPPORTED"}
    others: list[object] = [5, ["x"], {}, True]
    for other in others:
        assert (await sent(client, documentId=other))[0] == 400


async def test_a_query_that_is_named_twice_is_run_by_its_id(client: Client) -> None:
    assert (await sent(client, query=DATE, extensions=persisted(DATE)))[0] == 200
    for extensions in ({"persistedQuery": "x"}, {"persistedQuery": {"version": 2}}, persisted("another")):
        date = {"businessDate": "2026-01-01"}
        assert await sent(client, documentId=digest(DATE), extensions=extensions) == (200, date)
    assert await asked_by_name(client, DATE)


async def test_without_valkey_a_process_knows_what_it_was_sent_itself(
    memory: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [f"{{ a{number}: businessDate }}" for number in range(5)]
    monkeypatch.setattr(persisted_queries, "MOST_BYTES_IN_PROCESS", 3 * len(texts[0]))
    kept = PersistedQueries(memory.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"}))
    async with kept.opened():
        for text in texts:
            await run_and_kept(kept, text)
            assert await kept.query(None, None, persisted(text)) == text
        with pytest.raises(persisted_queries.PersistedQueryError):
            await kept.query(None, None, persisted(texts[0]))
        assert len(kept._recent) == 3


async def test_so_many_queries_are_kept_and_no_more(memory: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persisted_queries, "MOST_KEPT", 3)
    texts = [f"{{ a{number}: businessDate }}" for number in range(5)]
    kept, other = PersistedQueries(memory), PersistedQueries(memory)
    async with kept.opened(), other.opened():
        for text in [*texts, "{ a: businessDate " + " " * persisted_queries.LONGEST_KEPT + "}"]:
            await run_and_kept(kept, text)
        for text in texts[:2]:
            with pytest.raises(persisted_queries.PersistedQueryError):
                await other.query(None, None, persisted(text))
        assert [await other.query(None, None, persisted(text)) for text in texts[2:]] == texts[2:]
        assert kept._client is not None
        keys = kept._keys()
        assert [await kept._client.hlen(keys[0]), await kept._client.zcard(keys[1])] == [3, 3]
        assert all([0 < await kept._client.ttl(key) <= persisted_queries.KEPT_SECONDS for key in keys])


async def test_what_is_refused_is_kept_nowhere(memory: Settings) -> None:
    kept = PersistedQueries(memory)
    async with kept.opened():
        for text in ("{ nonsense", "{ noSuchField }", "{ " + "businessDate " * 2_001 + "}", "{ " + "a " * 21 + "}"):
            await run_and_kept(kept, text)
            with pytest.raises(persisted_queries.PersistedQueryError):
                await kept.query(None, None, persisted(text))
        assert kept._client is not None
        assert await kept._client.hlen(kept._keys()[0]) == 0


OTHERS = ("{ __typename }", f"{DATE} ", "", "{ nonsense", "\xff\x00", "{ businessDate }\n# \U0001f4b0")


@pytest.mark.parametrize("other", OTHERS)
async def test_a_text_under_the_name_of_another_is_dropped_and_never_run(
    settings: Settings, other: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(settings) as client:
        assert (await sent(client, query=DATE, extensions=persisted(DATE)))[0] == 200
    async with serving(settings) as client, connected(settings.redis_url, "x", answer_seconds=5) as valkey:
        texts, ages = PersistedQueries(settings)._keys()
        await valkey.hset(texts, digest(DATE), other.encode("latin-1") if "\xff" in other else other)
        with caplog.at_level(logging.WARNING, "kist.api"):
            assert await sent(client, extensions=persisted(DATE)) == (200, NOT_FOUND)
            assert await sent(client, documentId=digest(DATE)) == (200, NOT_FOUND)
        assert [record.getMessage().split(",")[0] for record in caplog.records if record.name == "kist.api"] == [
            "Valkey had a query under the SHA-256 of another one"
        ]
        assert [await valkey.hlen(texts), await valkey.zcard(ages)] == [0, 0]
        # The client sends it in full, and it is stored again.
        assert (await sent(client, query=DATE, extensions=persisted(DATE)))[0] == 200
        assert await asked_by_name(client, DATE)


async def test_a_query_with_an_aadhaar_number_in_it_is_kept_nowhere(memory: Settings) -> None:
    kept = PersistedQueries(memory)
    async with kept.opened():
        for number in ("234123412346", "2341 2341 2346", "2341-2341-2346"):
            text = f'{{ user(id: "{number}") {{ id }} }}'
            await run_and_kept(kept, text)
            with pytest.raises(persisted_queries.PersistedQueryError):
                await kept.query(None, None, persisted(text))
        assert kept._client is not None
        assert await kept._client.hlen(kept._keys()[0]) == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "today.graphql").write_text(DATE)
    (folder / "manifest.json").write_text(json.dumps({"who": "query Who { __typename }"}))
    return folder


async def test_of_trusted_documents_no_other_is_run(settings: Settings, folder: Path) -> None:
    async with serving(settings.model_copy(update={"trusted_documents": folder})) as client:
        date = {"businessDate": "2026-01-01"}
        for body in (
            {"documentId": "today"},
            {"documentId": digest(DATE)},
            {"documentId": f"sha256:{digest(DATE)}"},
            {"extensions": persisted(DATE)},
            {"query": DATE},
            {"query": DATE, "extensions": persisted(DATE)},
        ):
            assert await sent(client, **body) == (200, date), body
        assert await sent(client, documentId="who") == (200, {"__typename": "Query"})
        other = "{ __typename }"
        for body in (
            {},
            {"query": other},
            {"query": other, "documentId": "today"},
            {"query": other, "extensions": persisted(DATE)},
            {"query": other, "extensions": persisted(other)},
            {"extensions": persisted(other)},
            {"documentId": "../today"},
            {"documentId": "today.graphql"},
        ):
            assert await sent(client, **body) == (400, NOT_FOUND), body
        response = await client.http.get("/graphql", params={"query": other})
        assert response.status_code == 400
        response = await client.http.post("/graphql", json={"query": other}, headers={"Accept": "text/event-stream"})
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (400, NOT_FOUND)


TROUBLES = (
    ("bad.graphql", "{"),
    ("bad.graphql", "{ nothing }"),
    ("bad.graphql", "{ " + "businessDate " * 2_001 + "}"),
    ("bad.json", "["),
    ("bad.json", "[]"),
)


async def test_a_folder_that_cannot_be_trusted_is_refused_in_a_line(settings: Settings, folder: Path) -> None:
    for name, text in TROUBLES:
        (folder / name).write_text(text)
        with pytest.raises(SettingsError) as refusal:
            app.application(settings.model_copy(update={"trusted_documents": folder}))
        assert str(refusal.value).startswith("KIST_TRUSTED_DOCUMENTS ")
        assert "\n" not in str(refusal.value)
        (folder / name).unlink()
    with pytest.raises(SettingsError):
        app.application(settings.model_copy(update={"trusted_documents": folder / "nowhere"}))
