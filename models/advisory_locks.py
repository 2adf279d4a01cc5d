"""The numbers of PostgreSQL's advisory locks. Every process of kist must use the same ones, and no two may be equal."""

from enum import IntEnum, unique


@unique
class AdvisoryLock(IntEnum):
    """Locks of the whole database. Those of a session, a family or a digest are hashes of its value."""

    # Held by the command that migrates.
    MIGRATION = 0x6B697374
    # Held by the process that seals the audit log.
    AUDIT_CHAIN = 0x61756469
    # Held by the process that adds heads of loans, or publishes the head of the book.
    BOOK_HEADS = 0x68656164
    # Held while the sample accounts of a sandbox are made.
    SAMPLE_ACCOUNTS = 0x73616D70
    # Held while an import stores: two would wait for each other's rows, and the second finds what the first has added.
    IMPORT = 0x696D706F
    # Shared by the transactions of an import's parts.
    IMPORT_PART = 0x696D7070
