"""A setting that cannot be used is refused in a line that says what it must be."""

import os
from datetime import date
from pathlib import Path

import pytest

from setting_values import cores_of_quota
from settings import SettingsError, load


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:6379/0",
        "rediss://user:password@valkey.example",
        "unix:///run/valkey.sock?db=1",
        "redis+sentinel://one:26379,two:26379,[::1]:26379/master",
        "redis+sentinel://user:pass,word@one,two/master/3",
        "redis+cluster://one:6379,two",
        "rediss+cluster://:password@one:6379/0",
    ],
)
def test_a_broker_is_a_server_or_sentinels_or_a_cluster(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("KIST_REDIS_URL", url)
    assert load().redis_url == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("127.0.0.1:6379", "must begin with redis://, "),
        ("amqp://127.0.0.1", "must begin with redis://, "),
        ("redis+sentinels://one/master", "must begin with redis://, "),
        ("unix+cluster:///run/valkey.sock", "must begin with redis://, "),
        ("redis+sentinel://one:26379", "must name the master: "),
        ("redis+sentinel://one:26379/", "must name the master: "),
        ("redis+sentinel://one:26379/master/first", "must name the master: "),
        ("redis+cluster://one:6379/1", "must not name a database: "),
        ("redis+cluster://one:6379,two:port", "has a port that is none: two:port"),
        ("redis+sentinel://:secret@one:70000/master", "has a port that is none: one:70000"),
    ],
)
def test_any_other_broker_is_refused_in_a_line(monkeypatch: pytest.MonkeyPatch, url: str, reason: str) -> None:
    monkeypatch.setenv("KIST_REDIS_URL", url)
    with pytest.raises(SettingsError) as refusal:
        load()
    assert str(refusal.value).startswith(f"KIST_REDIS_URL {reason}")
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("application", "owner", "reason"),
    [
        ("", "postgresql://kist_owner@db.example/kist", "must name the same host, port and database"),
        ("postgresql://app@a/kist", "postgresql://kist_owner@b/kist", "must name the same host, port and database"),
        (
            "postgresql://app@a/rehearsal",
            "postgresql://kist_owner@a/kist",
            "must name the same host, port and database",
        ),
        (
            "postgresql://app@a:5433/kist",
            "postgresql://kist_owner@a/kist",
            "must name the same host, port and database",
        ),
        ("postgresql://app@/kist?host=/run/a", "postgresql://kist_owner@/kist?host=/run/b", "must name the same host"),
        ("postgresql://app@a/kist", "mysql://kist_owner@a/kist", "must begin with postgresql://"),
    ],
)
def test_the_owner_owns_the_database_of_the_application(
    monkeypatch: pytest.MonkeyPatch, application: str, owner: str, reason: str
) -> None:
    monkeypatch.setenv("KIST_DATABASE_URL", application)
    monkeypatch.setenv("KIST_DATABASE_OWNER_URL", owner)
    with pytest.raises(SettingsError, match=f"^KIST_DATABASE_OWNER_URL {reason}"):
        load()


def test_the_owner_may_spell_its_database_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIST_DATABASE_URL", "postgresql://app:secret@db.example:5432/kist?sslmode=verify-full")
    assert load().owner_url() == load().database_url
    monkeypatch.setenv("KIST_DATABASE_OWNER_URL", "postgres://kist_owner:other@db.example/kist")
    settings = load()
    assert settings.owner_url() == settings.database_owner_url != settings.database_url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KIST_MAXIMUM_EXPOSURE", "-0.01"),
        ("KIST_MAXIMUM_EXPOSURE", "1000000000000"),
        ("KIST_MAXIMUM_EXPOSURE", "1.001"),
        ("KIST_MAXIMUM_LOANS", "-1"),
        ("KIST_MAXIMUM_LOANS", "1.5"),
        ("KIST_MINIMUM_RATE", "-0.001"),
        ("KIST_MINIMUM_RATE", "36.001"),
        ("KIST_LEND_WHEN_PAST_DUE", "perhaps"),
    ],
)
def test_a_limit_of_lending_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        load()


def test_lending_has_no_limit_for_a_person_unless_one_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KIST_MAXIMUM_EXPOSURE", "KIST_MAXIMUM_LOANS"):
        monkeypatch.setenv(name, "")
    settings = load()
    assert (settings.maximum_exposure, settings.maximum_loans) == (None, None)
    assert (str(settings.minimum_rate), settings.lend_when_past_due) == ("0.000", False)


# Without the thirty years after the term, or the interest at all, each of these would be taken.
@pytest.mark.parametrize(
    "chosen",
    [
        {"amount": "999999999999.99"},
        {"amount": "999999999999.99", "rate": "0.001", "term": "1"},
        {"amount": "100000000000", "rate": "36"},
        {"amount": "20000000000", "rate": "100", "term": "1000"},
        {"amount": "9999999999.99", "rate": "100", "term": "900", "cycle_days_": "366"},
    ],
)
def test_the_dearest_loan_fits_into_its_columns(monkeypatch: pytest.MonkeyPatch, chosen: dict[str, str]) -> None:
    for name, value in chosen.items():
        monkeypatch.setenv(f"KIST_{name[:-1].upper()}" if name.endswith("_") else f"KIST_MAXIMUM_{name.upper()}", value)
    with pytest.raises(SettingsError) as refusal:
        load()
    assert str(refusal.value).startswith(f"KIST_MAXIMUM_AMOUNT of {chosen['amount']}")
    assert "is too large: with the interest of" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("KIST_MAXIMUM_AMOUNT", value) for value in ("1000000000000", "-1", "1.001", "NaN", "Infinity", "1e20")),
        *(("KIST_MAXIMUM_RATE", value) for value in ("100.001", "-1", "1.0005", "1000", "NaN")),
        *(("KIST_MINIMUM_DUE_RATE", value) for value in ("100.001", "-1", "NaN")),
        *(("KIST_MINIMUM_ANNUAL_INCOME", value) for value in ("1000000000000", "-0.01", "1.001")),
        *(("KIST_MAXIMUM_TERM", value) for value in ("0", "1001", "2147483648", "1.5")),
        *(("KIST_QUOTE_DAYS", value) for value in ("-1", "367", "x")),
        *(("KIST_HOLIDAYS", value) for value in ("2026-02-29", "20260126", "2026-01-26,", "x", "2026-01-26," * 501)),
        *(("KIST_CYCLE_DAYS", value) for value in ("1", "367", "99999999999")),
        *(("KIST_SESSION_DAYS", value) for value in ("0", "3651", "x")),
    ],
)
def test_a_setting_that_no_column_holds_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"^{name} "):
        load()


@pytest.mark.parametrize(("amount", "rate"), [("9000000000", "100"), ("30000000000", "36"), ("999999999999.99", "0")])
def test_large_settings_that_fit_are_taken(monkeypatch: pytest.MonkeyPatch, amount: str, rate: str) -> None:
    for name, value in (("AMOUNT", amount), ("RATE", rate), ("TERM", "600")):
        monkeypatch.setenv(f"KIST_MAXIMUM_{name}", value)
    assert str(load().maximum_amount) == amount


def test_holidays_are_dates_with_commas_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().holiday_dates == frozenset()
    monkeypatch.setenv("KIST_HOLIDAYS", "2026-01-26, 2026-08-15")
    assert load().holiday_dates == {date(2026, 1, 26), date(2026, 8, 15)}


def test_a_pooler_alone_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIST_DATABASE_POOLER_URL", "postgresql://kist@127.0.0.1:6432/kist")
    with pytest.raises(SettingsError, match=r"^KIST_DATABASE_POOLER_URL needs KIST_DATABASE_URL too"):
        load()


@pytest.mark.parametrize(("text", "processes"), [("1", 1), ("12", 12), ("auto", 1)])
def test_the_processes_of_the_api_are_a_number_or_one_for_each_core(
    monkeypatch: pytest.MonkeyPatch, text: str, processes: int
) -> None:
    monkeypatch.setenv("KIST_API_PROCESSES", text)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        assert load().api_processes == processes
    finally:
        os.sched_setaffinity(0, cores)


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "1000", "all"])
def test_another_number_of_processes_is_refused_in_a_line(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("KIST_API_PROCESSES", text)
    with pytest.raises(SettingsError, match=r"^KIST_API_PROCESSES must be a number from 1 to 999, or auto for"):
        load()


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("max 100000", None), ("50000 100000", 1), ("150000 100000", 2), ("400000 100000", 4), ("", None)],
)
def test_a_quota_of_the_control_group_counts_as_cores(tmp_path: Path, limit: str, cores: int | None) -> None:
    (tmp_path / "group").write_text("3:cpuset:/old\n0::/kist.service\n")
    (tmp_path / "kist.service").mkdir()
    (tmp_path / "kist.service" / "cpu.max").write_text(limit)
    assert cores_of_quota(tmp_path / "group", tmp_path) == cores
    assert cores_of_quota(tmp_path / "none", tmp_path) is None


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mail.example", "must begin with smtp://, smtp+tls://, smtps:// or https://, and name a host"),
        ("smtp+tls://?from=loans@lender.example", "must begin with smtp://"),
        ("smtp://mail.example:secret?from=loans@lender.example", "has a port that is none"),
        ("smtp+tls://user:secret@mail.example", "must name the sender: "),
        ("smtps://user:secret@mail.example?from=loans", "must name the sender: "),
        ("smtp://user:secret@mail.example?from=loans@lender.example", "must not send a password in the clear: "),
        ("http://gateway.example/messages", "must begin with https://: "),
        ("https://gateway.example/messages", "with https:// needs KIST_NOTIFY_KEY too"),
    ],
)
def test_a_place_for_messages_that_is_none_is_refused_in_a_line(
    monkeypatch: pytest.MonkeyPatch, url: str, reason: str
) -> None:
    monkeypatch.setenv("KIST_NOTIFY_URL", url)
    with pytest.raises(SettingsError) as refusal:
        load()
    assert str(refusal.value).startswith(f"KIST_NOTIFY_URL {reason}")
    assert "secret" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_messages_are_sent_by_a_mail_server_or_a_gateway_or_written_to_a_sandboxs_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("KIST_NOTIFY_URL", "")
    assert not load(sandbox="0").sends_messages()
    assert load(sandbox="1").sends_messages()
    monkeypatch.setenv("KIST_NOTIFY_KEY", "A" * 43 + "=")
    for url in ("smtp+tls://user:p%40ss@mail.example?from=loans@lender.example", "https://gateway.example/messages"):
        monkeypatch.setenv("KIST_NOTIFY_URL", url)
        assert load(sandbox="0").sends_messages()
