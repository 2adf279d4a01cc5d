"""People with transactions to score."""

from models import registrations, users
from models.registrations import Registration
from models.users import User


async def person(number: int) -> int:
    """Register a person whose number no key decrypts. Returns the id."""
    email = f"{number}@kist.test"
    user = await registrations.register(
        Registration("Asha", email, digest(number), bytes(40), "9012", None, None, None, None, users.LOST)
    )
    assert user is not None
    user_id: int = user.id
    return user_id


def digest(number: int) -> bytes:
    return number.to_bytes(32)


async def score_of(user_id: int) -> int | None:
    return (await User.get(id=user_id)).credit_score
