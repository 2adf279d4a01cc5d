"""The earlier values of a borrower's data are kept for operators, until the person is erased."""

from collections.abc import Mapping
from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from models import audit, audit_facts
from models.paged_rows import PagedRows
from models.users import User
from rules.audit import Event, Origin


class UserChange(Model):
    """One value of a person that was replaced or removed; null if there was none."""

    id = fields.BigIntField(primary_key=True)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name=False, on_delete=fields.RESTRICT
    )
    # The column of the value.
    field = fields.TextField()
    old_value: str | None = fields.TextField(null=True)
    changed_at: datetime = fields.DatetimeField(auto_now_add=True)

    user_id: int

    class Meta:
        table = "user_changes"


OF_USERS = PagedRows(UserChange, table="user_changes", parent="user_id", key="id")


async def store(user: User, values: Mapping[str, object], by: Origin) -> None:
    """Overwrite some columns of a person, and keep what they held. The caller holds the person's row."""
    old = {name: getattr(user, name) for name in values}
    await UserChange.bulk_create(
        UserChange(user_id=user.id, field=name, old_value=None if value is None else str(value))
        for name, value in old.items()
    )
    await User.filter(id=user.id).update(**values)
    await audit.record_rows(
        Event.PERSON_CHANGED, by, audit_facts.USERS, audit_facts.PERSON, [user.id], changed=sorted(values)
    )


async def forget(user_id: int) -> None:
    """Delete the earlier values of a person, in the transaction that erases them."""
    await UserChange.filter(user_id=user_id).delete()
