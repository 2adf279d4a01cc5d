"""A budget is a token bucket: costs empty it at once, and time fills it again.

The bucket is one number: the moment at which it will be full (GCRA, ITU-T I.371). Moments and durations are whole
microseconds. A cost is in units; a budget is in units a minute.
"""

MINUTE = 60_000_000
# A bucket holds a budget's units of this duration. A larger bucket would admit a crowd of costly requests at once.
HOLDS = 20_000_000
# The bound of a debt: after a minute at the latest, a bucket has units again.
LONGEST_WAIT = MINUTE

# One unit is about a millisecond of one processor, or one stored row.
REQUEST = 1
BODY_BYTES_PER_UNIT = 4_000
ANSWER_BYTES_PER_UNIT = 4_000
# The server parses and validates an unknown text. A front end repeats the same few texts.
NEW_CHARACTERS_PER_UNIT = 10
# The limit of tokens bounds the cost of further characters.
MOST_NEW_CHARACTERS = 20_000
PAYMENT = 4
BILLING = 20
# A search by words reads some hundred rows, and writes a row of the audit log.
SEARCH = 5
# The rows of one loan are read and folded three times, and some tens of rows are written.
OPERATION = 30
# The events of one loan are read and folded.
EXPLANATION = 10
# A version of a product is stored for ever, and there are few of them.
PRODUCT = 50
# The search for two rates, and a row that is stored for ever.
KEY_FACTS = 100
# Argon2, and a row of the audit log.
PASSWORD = 100
REGISTRATION = 50
# A message of the stream, a row of the audit log, and the message that the worker sends.
RESET_REQUEST = 50
REFRESH = 100
# A change is stored in three rows, and people make few of them.
PERSON_CHANGE = 50
# An application is stored even if it is refused, and a person makes few of them.
APPLICATION = 300


def spent(full_at: int, now: int, cost: int, per_minute: int) -> int:
    """The moment at which a bucket will be full after a cost."""
    then = (full_at if full_at > now else now) + cost * MINUTE // per_minute
    latest = now + HOLDS + LONGEST_WAIT
    return then if then < latest else latest


def wait(full_at: int, now: int) -> int:
    """The microseconds until the bucket has units; 0 if it has."""
    late = full_at - now - HOLDS
    return late if late > 0 else 0
