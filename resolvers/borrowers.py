"""The borrowers of a request's loans are loaded by one statement, and an operator's read of them is recorded."""

from strawberry.dataloader import DataLoader

from models.users import User
from resolvers import read_audit
from resolvers.read_audit import Reader


def loader(reader: Reader) -> DataLoader[int, User]:
    """A loader of borrowers by their ids."""

    async def load(user_ids: list[int]) -> list[User]:
        found = {one.id: one for one in await User.filter(id__in=user_ids)}
        await read_audit.record_reads(reader, user_ids)
        return [found[user_id] for user_id in user_ids]

    return DataLoader(load_fn=load)
