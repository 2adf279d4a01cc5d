"""The versions of the lender's products, which never change. The first version of `card` is made of the settings."""

from datetime import date, datetime

from tortoise import fields
from tortoise.models import Model

from models import audit, audit_facts, database, loan_columns
from models.operators import Operator
from rules import products
from rules.audit import Event, Origin
from rules.products import Product


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

    @property
    def product(self) -> Product:
        return loan_columns.product_of(self.policies)


async def add(product: Product, operator_id: int | None, by: Origin) -> None:
    """Store a version and the audit entry of it.

    Raises:
        asyncpg.UniqueViolationError: the product has this version already.
    """
    async with database.transaction():
        row = await ProductVersion.create(
            name=product.name,
            version=product.version,
            effective_from=product.effective_from,
            policies=products.text(product),
            operator_id=operator_id,
        )
        await audit.record_rows(Event.PRODUCT_ADDED, by, audit_facts.PRODUCTS, audit_facts.PRODUCT, [row.id])


async def newest(name: str, on: date) -> Product | None:
    """The version of a product that applications of a day are made under; None if no row has one."""
    rows = ProductVersion.filter(name=name, effective_from__lte=on)
    found = await rows.order_by("-version").first()
    return found.product if found else None


async def of_version(name: str, version: int) -> Product | None:
    found = await ProductVersion.get_or_none(name=name, version=version)
    return found.product if found else None


async def latest_version(name: str) -> Product | None:
    """The version with the highest number, even if it is not effective yet."""
    found = await ProductVersion.filter(name=name).order_by("-version").first()
    return found.product if found else None


async def versions() -> list[Product]:
    """All versions of all products, by name and version."""
    return [row.product for row in await ProductVersion.all().order_by("name", "version")]
