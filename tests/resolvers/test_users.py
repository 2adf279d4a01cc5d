"""Borrowers read their own account, operators read every account; loans come in pages."""

from tests.builders import Client, lent, registered

LOANS = """query ($first: Int, $after: String) { me { loans(first: $first, after: $after) {
  totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id } } } } }"""
USER = "query ($id: ID!) { user(id: $id) { id name aadhaarMasked loans { totalCount edges { node { payoff } } } } }"
NOBODYS = ["0", "999999", "9223372036854775807", "9223372036854775808", "9" * 400, "-1", "1.0", "", " 1", "x", "٣"]


async def test_me_is_the_signed_in_person(borrower: Client) -> None:
    me = await borrower.ask("{ me { name email aadhaarMasked creditScore creditScoredAt createdAt } }")
    assert me["email"] == "asha.234123412346@kist.test"
    assert me["aadhaarMasked"] == "XXXX XXXX 2346"
    assert me["creditScore"] == 690
    assert me["creditScoredAt"] is not None


async def test_nobody_is_not_a_person(client: Client) -> None:
    assert await client.error("{ me { id } }") == "UNAUTHENTICATED"


async def test_an_operator_is_not_a_borrower(operator: Client) -> None:
    assert await operator.error("{ me { id } }") == "FORBIDDEN"


async def test_an_operator_looks_at_anybody_and_their_loans(borrower: Client, operator: Client) -> None:
    await lent(borrower, "1000")
    me = await borrower.ask("{ me { id } }")
    user = await operator.ask(USER, id=me["id"])
    assert user["name"] == "Asha Rao"
    assert user["loans"] == {"totalCount": 1, "edges": [{"node": {"payoff": "1000.00"}}]}


async def test_an_id_that_nobody_has_is_nobody(operator: Client) -> None:
    for nonsense in NOBODYS:
        assert await operator.ask(USER, id=nonsense) is None, nonsense


async def test_a_borrower_looks_at_nobody_else(client: Client, borrower: Client) -> None:
    me = await borrower.ask("{ me { id } }")
    assert await borrower.error(USER, id=me["id"]) == "FORBIDDEN"
    assert await client.error(USER, id=me["id"]) == "UNAUTHENTICATED"


async def test_loans_come_in_pages_oldest_first(borrower: Client) -> None:
    everything = [await lent(borrower, "1000") for _ in range(5)]
    seen: list[str] = []
    after, page_lengths = None, []
    while True:
        page = (await borrower.ask(LOANS, first=2, after=after))["loans"]
        assert page["totalCount"] == 5
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        seen += [edge["node"]["id"] for edge in page["edges"]]
        page_lengths.append(len(page["edges"]))
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == everything
    assert page_lengths == [2, 2, 1]
    beyond = (await borrower.ask(LOANS, first=2, after=after))["loans"]
    assert beyond == {"totalCount": 5, "pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": []}


async def test_a_page_as_long_as_the_list_is_the_last(borrower: Client) -> None:
    for _ in range(2):
        await lent(borrower, "1000")
    page = (await borrower.ask(LOANS, first=2))["loans"]
    assert page["pageInfo"]["hasNextPage"] is False
    assert len((await borrower.ask(LOANS, first=100))["loans"]["edges"]) == 2


async def test_somebody_without_loans_has_an_empty_page(client: Client) -> None:
    page = (await (await registered(client)).ask(LOANS))["loans"]
    assert page == {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "edges": []}


async def test_a_page_has_1_to_100_rows(borrower: Client) -> None:
    for first in (0, -1, 101, 2**31 - 1):
        assert await borrower.error(LOANS, first=first) == "BAD_USER_INPUT", first


async def test_a_cursor_that_was_never_given_is_bad_input(borrower: Client) -> None:
    for cursor in ("x", "é", "MQ", "LTE=", "OTIyMzM3MjAzNjg1NDc3NTgwOA==", "====", "Mw==Mw=="):
        assert await borrower.error(LOANS, after=cursor) == "BAD_USER_INPUT", cursor
