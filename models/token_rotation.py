"""Hand-written SQL: a refresh token is used by one conditional write that returns its row; Tortoise returns none."""

from models import database
from models.sessions import RefreshToken
from models.tortoise_seam import instance

_ROTATE = """
UPDATE refresh_tokens SET rotated_at = now(), successor = $3
WHERE token_hash = $1 AND rotated_at IS NULL AND revoked_at IS NULL AND expires_at > now()
    AND family_began_at > now() - make_interval(days => $2)
RETURNING *
"""


async def rotate(token_hash: bytes, session_days: int, successor: bytes) -> RefreshToken | None:
    """Use a token up: of two requests at once, one gets it. None if it is used, revoked, expired or unknown.

    `successor` is the encrypted text of the token that follows it.
    """
    row = await database.fetch_one(_ROTATE, token_hash, session_days, successor)
    return instance(RefreshToken, row) if row else None
