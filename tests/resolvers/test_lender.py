"""The lender is the one of the settings; only a sandbox makes up the values that are missing."""

import pytest

from settings import Settings, SettingsError, load
from tests.builders import serving

LENDER = "{ lender { name supportPhone grievanceOfficer { name email } } }"
NAMED = {
    "lender_name": "Asha Finance",
    "support_phone": "1800 123 456",
    "grievance_officer": "Meera Iyer <meera@asha.example>",
}
SHOWN = {
    "name": "Asha Finance",
    "supportPhone": "1800 123 456",
    "grievanceOfficer": {"name": "Meera Iyer", "email": "meera@asha.example"},
}


async def test_clients_read_the_lender_of_the_settings(settings: Settings) -> None:
    async with serving(settings.model_copy(update={**NAMED, "sandbox": False})) as client:
        assert await client.ask(LENDER) == SHOWN
        assert (await client.http.get("/about")).json()["lender"] == SHOWN


async def test_only_a_sandbox_has_a_made_up_lender(settings: Settings) -> None:
    async with serving(settings.model_copy(update={"sandbox": False})) as client:
        assert await client.ask(LENDER) == {"name": None, "supportPhone": None, "grievanceOfficer": None}
    async with serving(settings.model_copy(update={"sandbox": True, "support_phone": "1800 123 456"})) as client:
        lender = await client.ask(LENDER)
        assert "made up" in lender["name"]
        assert lender["supportPhone"] == "1800 123 456"
        assert lender["grievanceOfficer"]["email"].endswith(".example")


def test_the_settings_of_the_lender_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NAMED.items():
        monkeypatch.setenv(f"KIST_{name.upper()}", value)
    assert load().lender().grievance_officer == ("Meera Iyer", "meera@asha.example")
    monkeypatch.setenv("KIST_GRIEVANCE_OFFICER", "Meera Iyer")
    with pytest.raises(SettingsError, match="KIST_GRIEVANCE_OFFICER must be a name with an email address"):
        load()
