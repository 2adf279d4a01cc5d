"""The versions of the lender's products, which never change. The first version of `card` is made of the settings."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models.operators import Operator


class ProductVersion(Model):
    """A version of a product. `policies` is its JSON, as a loan keeps it."""

    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    version = fields.IntField()
    effective_from: date = fields.DateField()
    policies = fields.TextField()
    # NULL for the products of a sandbox.
    operator: fields.ForeignKeyNullableRelation[Operator] = fields.ForeignKeyField(
        "models.Operator", related_name=False, on_delete=fields.RESTRICT, null=True
    )
    created_at: datetime = fields.DatetimeField(auto_now_add=True)

    operator_id: int | None

    class Meta:
        table = "products"
        unique_together = (("name", "version"),)
