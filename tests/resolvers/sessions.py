"""GraphQL documents for accounts and sessions."""

from models import database
from tests.builders import REFUSAL, Client

REFRESH = f"""mutation ($input: RefreshSessionInput!) {{ refreshSession(input: $input) {{ __typename {REFUSAL}
  ... on Session {{ accessToken refreshToken expiresAt role user {{ id loans {{ totalCount }} }} }} }} }}"""


LOGOUT = "mutation { logout }"


async def let_the_grace_pass() -> None:
    await database.execute("UPDATE refresh_tokens SET rotated_at = rotated_at - interval '11 seconds'")


async def is_signed_in(client: Client, token: str) -> bool:
    answer = await client.signed_in(token).post("{ me { id } }")
    return "errors" not in answer


NEW = "another long password"


SET = f"mutation ($input: SetPasswordInput!) {{ setPassword(input: $input) {{ __typename {REFUSAL} }} }}"


CHANGE = f"mutation ($input: ChangePasswordInput!) {{ changePassword(input: $input) {{ __typename {REFUSAL} }} }}"


DELETE = (
    f"mutation ($password: String) {{ deleteMe(password: $password)"
    f" {{ __typename {REFUSAL} ... on Erasure {{ erasedAt }} }} }}"
)


def change(old: str, new: str = NEW) -> dict[str, str]:
    return {"oldPassword": old, "newPassword": new}
