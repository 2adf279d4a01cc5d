"""A budget is a token bucket: costs empty it at once, and time fills it again.

It is kept as one number, the moment at which the bucket will be full (GCRA, ITU-T I.371). Moments and durations are
whole microseconds. A cost is in units; a budget is so many units a minute.
"""

MINUTE = 60_000_000
# A bucket holds what a budget gives in so long. More would let a crowd of costly requests in at once.
HOLDS = 20_000_000
# A debt is bounded, so that a bucket has something again after a minute at the latest.
LONGEST_WAIT = MINUTE

# One unit is about a millisecond of one processor, or a row that stays.
REQUEST = 1
BODY_BYTES_PER_UNIT = 4_000
ANSWER_BYTES_PER_UNIT = 4_000
# A text that has not been read before is parsed and judged. A front end sends the same few texts again and again.
NEW_CHARACTERS_PER_UNIT = 10
# The limit of tokens bounds what more characters cost.
MOST_NEW_CHARACTERS = 20_000
PAYMENT = 4
BILLING = 20
# Argon2, and the audit log's row.
PASSWORD = 100
REGISTRATION = 50
REFRESH = 100
# An application is kept whether it is refused or not, and a person makes few of them.
APPLICATION = 300


def spent(full_at: int, now: int, cost: int, per_minute: int) -> int:
    """The moment at which a bucket will be full after a cost."""
    then = (full_at if full_at > now else now) + cost * MINUTE // per_minute
    latest = now + HOLDS + LONGEST_WAIT
    return then if then < latest else latest


def wait(full_at: int, now: int) -> int:
    """The microseconds until there is something in a bucket; 0 if there is."""
    late = full_at - now - HOLDS
    return late if late > 0 else 0
