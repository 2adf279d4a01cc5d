from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE operators ADD COLUMN name TEXT CHECK (btrim(name) <> '');

        -- Every entry that is there satisfied the shorter list, and reading them all would keep payments waiting.
        ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_event_check;
        ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_event_check CHECK (event IN (
                'LOG_BEGUN', 'REGISTERED', 'SIGNED_IN', 'SIGN_IN_FAILED', 'LOCKED_OUT', 'SESSION_REFRESHED',
                'SESSION_REVOKED', 'SIGNED_OUT', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'PASSWORD_REFUSED',
                'ACCOUNT_ERASED', 'ACCESS_FORBIDDEN', 'OPERATOR_ADDED', 'KEYS_ROTATED', 'BUSINESS_DATE_MOVED',
                'BILLING_TRIGGERED', 'CHUNK_BILLED', 'BILLING_ENDED', 'LOAN_DECIDED', 'LOAN_DISBURSED',
                'PAYMENT_TAKEN', 'IMPORT_FINISHED', 'IMPORT_UNDONE',
                'LOG_EXTENDED', 'PERSON_READ', 'PERSON_RESEALED', 'SCORED', 'OPERATOR_RECORDED', 'OPERATOR_DISABLED',
                'OPERATOR_ENABLED', 'OPERATOR_PASSWORD_RESET'
            )) NOT VALID;

        -- An application and a score are told once. A text that is no number is a tampered entry, and has no row.
        CREATE UNIQUE INDEX audit_entries_applications ON audit_entries (
            (CASE WHEN details ->> 'application' ~ '^[0-9]{1,18}$' THEN (details ->> 'application')::bigint END)
        ) WHERE event = 'LOAN_DECIDED';
        CREATE UNIQUE INDEX audit_entries_scores ON audit_entries (
            (CASE WHEN details ->> 'assessment' ~ '^[0-9]{1,18}$' THEN (details ->> 'assessment')::bigint END)
        ) WHERE event = 'SCORED';
        -- An operator's readings of a person are told once a day, so that the log does not grow with each request.
        CREATE UNIQUE INDEX audit_entries_reads ON audit_entries (actor_id, user_id, (details ->> 'day'))
            WHERE event = 'PERSON_READ';
        -- The entries that say what a person or an operator now is.
        CREATE INDEX audit_entries_people ON audit_entries (user_id, id) WHERE event IN (
            'REGISTERED', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'ACCOUNT_ERASED', 'PERSON_RESEALED'
        );
        CREATE INDEX audit_entries_operators ON audit_entries (operator_id, id) WHERE operator_id IS NOT NULL;

        CREATE OR REPLACE FUNCTION note_payment() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM audit_entries WHERE payment_id = NEW.id) THEN
                INSERT INTO audit_entries (event, actor, user_id, loan_id, payment_id, details)
                VALUES ('PAYMENT_TAKEN', 'UNKNOWN', NEW.user_id, NEW.loan_id, NEW.id, json_build_object(
                    'amount', NEW.amount::text, 'interest', NEW.interest::text,
                    'principal', NEW.principal::text, 'emi_before', NEW.emi_before::text,
                    'emi_after', NEW.emi_after::text, 'transaction_id', NEW.transaction_id,
                    'transaction_id_given', NEW.transaction_id_given, 'paid_on', NEW.paid_on,
                    'taken_by', NEW.taken_by_id, 'created_at', NEW.created_at AT TIME ZONE 'UTC'
                ));
            END IF;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION note_disbursal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM audit_entries WHERE loan_id = NEW.id AND event = 'LOAN_DISBURSED') THEN
                INSERT INTO audit_entries (event, actor, user_id, loan_id, details)
                VALUES ('LOAN_DISBURSED', 'UNKNOWN', NEW.user_id, NEW.id, json_build_object(
                    'amount', NEW.amount::text, 'interest_rate', NEW.interest_rate::text,
                    'daily_rate', NEW.daily_rate::text, 'minimum_due_rate', NEW.minimum_due_rate::text,
                    'loan_term', NEW.loan_term, 'disbursed_on', NEW.disbursed_on,
                    'cycle_days', NEW.cycle_days, 'due_days', NEW.due_days,
                    'first_billing_on', NEW.disbursed_on + NEW.cycle_days,
                    'application', NEW.application_id, 'created_at', NEW.created_at AT TIME ZONE 'UTC',
                    'emi', NEW.emi::text
                ));
            END IF;
            RETURN NULL;
        END $$;
        -- As the worker of the version before scores people, while both are running.
        CREATE FUNCTION note_assessments() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO audit_entries (event, actor, user_id, details)
            SELECT 'SCORED', 'UNKNOWN', a.user_id, json_build_object(
                'assessment', a.id, 'balance', a.balance::text, 'credit_total', a.credit_total::text,
                'debit_total', a.debit_total::text, 'score', a.score,
                'transaction_count', a.transaction_count,
                'assessed_at', a.assessed_at AT TIME ZONE 'UTC'
            )
            FROM assessed a WHERE NOT EXISTS (
                SELECT FROM audit_entries e WHERE e.event = 'SCORED' AND (
                    CASE WHEN e.details ->> 'assessment' ~ '^[0-9]{1,18}$' THEN (e.details ->> 'assessment')::bigint END
                ) = a.id
            );
            RETURN NULL;
        END $$;
        CREATE TRIGGER credit_assessments_noted AFTER INSERT ON credit_assessments REFERENCING NEW TABLE AS assessed
            FOR EACH STATEMENT EXECUTE FUNCTION note_assessments();

        -- Operators are few: each is recorded as they are. Of the others, the rows up to these ids need no entry.
        INSERT INTO audit_entries (event, actor, address, operator_id, details)
        SELECT 'OPERATOR_RECORDED', 'SYSTEM', 'kist migrate', o.id, json_build_object(
            'email', encode(sha256(convert_to(o.email, 'UTF8')), 'hex'),
            'name', encode(sha256(convert_to(o.name, 'UTF8')), 'hex'),
            'password', encode(sha256(convert_to(o.password_hash, 'UTF8')), 'hex'),
            'active', o.is_active, 'created_at', o.created_at AT TIME ZONE 'UTC'
        )
        FROM operators o ORDER BY o.id;
        INSERT INTO audit_entries (event, actor, address, details)
        SELECT 'LOG_EXTENDED', 'SYSTEM', 'kist migrate', json_build_object(
            'users', (SELECT coalesce(max(id), 0) FROM users),
            'loan_applications', (SELECT coalesce(max(id), 0) FROM loan_applications),
            'credit_assessments', (SELECT coalesce(max(id), 0) FROM credit_assessments),
            'billing_chunks', (SELECT coalesce(max(id), 0) FROM billing_chunks),
            'billing_runs', (SELECT coalesce(max(id), 0) FROM billing_runs),
            'imports', (SELECT coalesce(max(id), 0) FROM imports)
        );
        """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER credit_assessments_noted ON credit_assessments;
        DROP FUNCTION note_assessments;
        CREATE OR REPLACE FUNCTION note_payment() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM audit_entries WHERE payment_id = NEW.id) THEN
                INSERT INTO audit_entries (event, actor, user_id, loan_id, payment_id, details)
                VALUES ('PAYMENT_TAKEN', 'UNKNOWN', NEW.user_id, NEW.loan_id, NEW.id,
                    json_build_object('amount', NEW.amount::text));
            END IF;
            RETURN NULL;
        END $$;
        CREATE OR REPLACE FUNCTION note_disbursal() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM audit_entries WHERE loan_id = NEW.id AND event = 'LOAN_DISBURSED') THEN
                INSERT INTO audit_entries (event, actor, user_id, loan_id, details)
                VALUES ('LOAN_DISBURSED', 'UNKNOWN', NEW.user_id, NEW.id,
                    json_build_object('amount', NEW.amount::text));
            END IF;
            RETURN NULL;
        END $$;
        DROP INDEX audit_entries_applications, audit_entries_scores, audit_entries_reads, audit_entries_people,
            audit_entries_operators;
        ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_event_check;
        ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_event_check CHECK (event IN (
                'LOG_BEGUN', 'REGISTERED', 'SIGNED_IN', 'SIGN_IN_FAILED', 'LOCKED_OUT', 'SESSION_REFRESHED',
                'SESSION_REVOKED', 'SIGNED_OUT', 'PASSWORD_SET', 'PASSWORD_CHANGED', 'PASSWORD_REFUSED',
                'ACCOUNT_ERASED', 'ACCESS_FORBIDDEN', 'OPERATOR_ADDED', 'KEYS_ROTATED', 'BUSINESS_DATE_MOVED',
                'BILLING_TRIGGERED', 'CHUNK_BILLED', 'BILLING_ENDED', 'LOAN_DECIDED', 'LOAN_DISBURSED',
                'PAYMENT_TAKEN', 'IMPORT_FINISHED', 'IMPORT_UNDONE'
            )) NOT VALID;
        ALTER TABLE operators DROP COLUMN name;
        """


MODELS_STATE = (
    "eJztXWtz2zYW/SscfWk6w3oc59nMzs5IttuqdeyuI2+bPoaBSEjCmgJUArSjafPfFwBJia"
    "RAiqBkiRLxJbFAHD7OBXEfuBf8uzMlHvTpyR2FQeed9XcHgynkf2TabasDZrNlq2hgYOjL"
    "jiHvIVvAkLIAuIw3joBPIW/yIHUDNGOIYN6KQ98XjcTlHREeL5tCjP4KocPIGLKJvJHf/+"
    "TNCHvwM6TJz9m9M0LQ9zL3iTxxbdnusPlMtvXQuI/Zd7KvuODQcYkfTvGy/2zOJgQvAAgz"
    "0TqGGAaAQXEFFoTiCcQNxk+aPFR0s8su0V2mMB4cgdBnqSceOsu2juNc3wycD5cDx+locO"
    "QSLPjlt0olAWNxC998e3b24sWbs9MXr9++evnmzau3p295X3m/q4fefIluZslWdCrJWf/7"
    "/vVA3BDhQoxEKxq+SAxgIEJJYSzZl/+v8D+AnwvYT/rn+OcPluc/YbtMAEnDUgLLgbcDEZ"
    "SwObj8VXI5pfQvXzRc/7d7e/5D9/bZ++6vX8sj8/jI1c3190n3JfXX51c3PUn+kmw4BcjX"
    "YXsBMHTXoBsAbwJA4HhoDClTzTIYBHM186vYnAiGcwbpcQmhJyhMC4HLoNe/7t5+VEsh6T"
    "8jlI0DeaJO7+PgslsgBxfNuG5gfLTXk0UWb+SxqTx8QJkzImGgMyUpwWZ6qjE9zThlWrp3"
    "AahFd2zbtJVt4Hn8laBaQ30JMYzXYBzjEPgOwi5R2ZgX0EVT4BdQn8fmBOBF4JP4JEcljI"
    "vL8/777tWz5y/tM8k9Zx4xGCsAKZWXp1/nJxNA6SMJPGcC6ERrUskDzVDXH+puAD3EHOqS"
    "QDHSP/AR6hf6s3nses+2+fzHvu2LszevF96s+FHmv37gY/4qcVjV1HoOUJiOF5wWhqZwPb"
    "0JPj+ZxCc4Sf44PMLLBnz//eWHQff9z5lRf9EdXIojZ5kRn7Q+e/11dtAvTmL90h/8YImf"
    "1m8315d5c3PRb/BbR9wTCBlxMHl0uC5NcZI0J00ZiSPqAJehB8Wb1CPEhwAXBIbSuLx3wI"
    "FPZZImQaMdOwc3N1cZifb6+Ynq7n3v8vbZ85wOUb5igpJ6L1cKuYXXqmk+QYc/oHeD/Xks"
    "5wN5z+IhWfqaJY7cPZzrWcU5nLEXatgL/PIQM+cBBlTcqgb9CqiRQG0J1Jv1clhjTjTZnO"
    "C001pizgCNjJsmY7GgOLpPLWqJhiFw7x8B92ZXjpAzUtR39dD0bJpvARiMpZAEm+I+4/XV"
    "m5mQOVGuvS6O2WXrryTuZdZgW7oGa5YFd6r6d7rkfUCT/pOscew3LNn2oW5CKSaU0pSxf2"
    "ShlIaYn7dwxJ9jMiD3EHcUJmjmeKkZGkQ9uf3IuxpbtKW26AhMEX9FVyRwd9e/UPO/RORk"
    "EIbIOxG4A5ysSniVOvlFNNuk5xH5pFltIF+lAtOnLOEpizOJTnnjp2qiE/w8Q/xwndhPBn"
    "mE2vhAtG+lCF9AWE2jK4s0Mb5GSxk+8GmxlpQzSCPlJkuZhq4LKSWKnNQyjZmB1VSYhyPV"
    "p9KXxnstlMaRea9pqSfrD46u55UDHlHi2k6csKUERAWeNvspkGFeh/mVyE1WEKtS+I4EEI"
    "3xTzBSPn1+3wC7qthorubysCTwJRlhSevyFgPwuIjUpAcef3T+wDCKht7yiei2fz7oKGeX"
    "LdCaXk49TmpzM2oBvfuJNH7gsurj7wDywwB2FKHGbAe7LNZIeVcHYWcUda4WbezcYGgJBP"
    "QscYJvELbIyALYAq5LQswsElijgExlU1S7YVv3XO1hawIDaA3nFrCigj6LcFV+0skJ72mu"
    "YGKhDVYGdkksNBZ6vfrRFawJ49V1S6I3soZXkgEap6TpTklDltTOZcVIl1I+u0+h1NUrum"
    "6lT6m6i2tQwKK7hsJzyXQWMqGQRAWL9YjYxOJqxBoCX1hLtsUI42iukTwr0lGIWS6/W6mo"
    "1CpuC+c0Su1AlVqtGrXNitMaN21urzotfmMUiqmsujWF2riutWnkVihsPTvVKGyN5045I2"
    "nSnIcartdw7cFhTapzSMP0Gqb5qTEVKXacJalhV/kunIyV2GOamM+ev3zz8u2L1y8Xs/Oi"
    "pWyKXp2dI4OrluuQgxrnoenOw97j6Y2Tb/sC6k0TwfYi6vvxhAdLTdNROMHpw3aZ/5vSWB"
    "qe7/nt5UV/IEKuF5e9/uDE+kQCD2Hgf7IY9Ll7Cv8KgW8F5JGKKC0RsVvkQwvMQMBsixLu"
    "0wLuuk5nJGBcTMKJBWMuBhG6pRYmbMJb1R7yDq9tPOkGT212WXjYbC+oZSg/VXiYuG4YiM"
    "1dVIX0wsoryF7IwsosvOOSg7DQchTe87tc5a64Oivpb4qy6uyLNlU7fOUbok0LPL1W+NZa"
    "W6HFmlrDo04hjsn038iPbshiTF9aUCrrMz5SanhG9ldFm3MwgRZlRDCbtum+otLME4sivh"
    "et8I94FxjMeE8m8wN8XyyfzK0R8X3yGC2SWHeYd0N0Aj1bWH+IWmNxSoLlesuq2bn7yxvL"
    "80Atz9QA0DM7c0Bjc9a1OTF85Ha7UyvQtIo9JqWz49RZyrjDXSvCm0WaAO8hBXgT1VYnJy"
    "gLNdVATasGapTh+TMoMz7l0QoGqCOighWt0K4lOsdppxE8jiVSaR4Ke04m7CBGrRkkM2ki"
    "ygQNumpUbnw2YyM2WhEW24izeGxWdIGT7sdkimxtHVk4YGLagpojOos7Jmp3bOVJIsX8o9"
    "rIaJ0AFjgjgNoCiFSDw7WC3EddTwoKsBHFBh5PzZ3wM0Dj7zTFEK5UojvSjjLElqcJMGw3"
    "oYWMVsWgnc6yDF0fmAgq1zGOmpjOckWAMo9FtttlbpzPe5gt0VrqSZn12qddr+Xn5QY6ZU"
    "4Qp1po0LyCbSPbr+0X1VP8AfLndZjOAg3N5TQLheHwoTnVCMFkMMdksW0tDuMhOgwDqp3q"
    "lce1OtfLnXPN53hA9dWf4o/UZUBmcKoGZ6jNahpiOFVwOkUYTcOpI4iqobNUcKO5yjUXnC"
    "JNlmNEG4nV+0Qrv5qLZsB36lUNK/GG9areBZ8E6joXMdRwvYZr4LpByK2shDhdn1kBbyPn"
    "Z6f2G23O2SQg4Vix0XixWayAGsuYOkPk+6olrnLjOI0ztpxqCRHUmoTTsDZOBprKjjLg+2"
    "KLoVr6bgVtGF/DeMrFqO+cGKarlPX4XmyL6Rb65YEbKrnDyfdU6DgMPzOpqfgpNXlUQNvM"
    "pOsT/UhkBtRq9sxW8y3MYwGzmY9cILcu0l3UXsUek5ndhh3n20u92SFnw4QivT3nU1PFFq"
    "gV6UHd7Bl1Wd5rFk1Vjlcn2MZlb6XFUJDIlZNUeU6Xk3pmjZ2JUigLUFFe/cj/+1/o8Rt/"
    "J3fSFe4b5YdtWVjDFTrlF7DlhrricLTvrviFsEumUBToyLKcKRHet3pPoie/6h/4D/xpFh"
    "BO0JR+sgDvLGDxecQ1xc/4NnB0eVmVzpuntnUPZ7xN7oMPOIiPfMos5Fl8ANH4RFGbvLbc"
    "DcmUGDVdc9mWSYzbV8TDJBF1niAObdINNxzD3+qkG8YaaZXn4s2l0hizwVSNDaZihb3KeT"
    "cIQMHOIClMjnMf0UOcNtaQ/vuf6n3Ga22Pn8ce0ffYtrFJPsA4BL4TGZ265kIeu/GM2zCe"
    "t200CEI8/QzZDKrVWQCxl6KMjhUrrSyqlto6nIH5JForcTxXWf/xw811UUrcEpMftMhl1j"
    "/WU2qvzr9GIZa7GlvDEPkMYXoirvfvzu5FIjgqF0mefTsb3RcnyIvELNIUq8fjXaQxawNm"
    "baAJItje2sB+AtY95PsdRZRatttloWmRZGHKjVsaVZXZpBoRv0X/Y5p3txbtS/KVPHWwr9"
    "AhyuNa7RJFdWp6BKYxrSbPlP3sIwxSswSl7aUnJve5kUynMvO1B3QGaZhew7SpUtnd3OzM"
    "gMrVqLYCm2D3w/bpgVC9NB5qcL0KNmSv+VSxCZe2LlwqM250QyYp0DG57fsNl/rxPn5byP"
    "c9QBFUDZemhl6jwqVd3yfFqb2po3ZZ6BQs+unvt8//mgtD+V30S4SAbIsE0Q75JGTim0y2"
    "OPYokmYxkT0sQO+hZ41IYM2hInP3Cc5vQrsNnp/sktCuCUrs0OKta+waliuwLGYmbaMnBT"
    "qiDLld78Qf6RBt8rM4Y3Ruy+iMed2C3fnz8kwHJoiqpmd2DFYo5BvGS+UbMpusuB/W/FKV"
    "1dS02iiDPhnPCms+NdSLTfl4tJhEiJZay/yGMAVu4WYBxcm4q0hTR1IjIzdLozNGD1ARX+"
    "kR4kOAq0hieYr8l2f5OY5LIL2bm6uMQHr9PON373uXt8+e52xulcWHdNP5U5BW516YClWT"
    "ZXHoHJuAxi5YhlPkDOFIWfy3bvfrFNDwXIFnMGKqvPa1NC9whmWzEm1Wos1K9L5915SrBO"
    "4hdoZzbfpzQBMXrysBU7XWlIi4ScPYThpGfnRvgdPWVwKq5uwt8HozE3SSw63yX0ttTk81"
    "aqHhCnpjGFxiFsw7ql0BU4ft0h0BZUcH8p4ImmWHli47CKNce/+UDKjVIVf4oFwNL16sWQ"
    "DMGk2NNRoPDpEW3QuAobsG3dFOXzp8LxGG8BqEmxUcEyk0kcJtRwpN+ua+wlQmRtvGzNnW"
    "Dn0TJtxpmNDky24lX1Yxa2yB1er53QdKbKX07v2ECHvRdk7nkxDfdwr2ZFsct9ftzSY2hn"
    "JF18o1hgHAY/m9DfE+W8ijUQlgEOIT65cJgQ8wkNV+8rMeE8IfKfqEB3nkCPceerZFCQe4"
    "AaATy4fgAcquM4g9fjeqssNdXNIEORuse+2SIOcIBQVbHJfJII0yhmh9HwDU4D4FMtRv5H"
    "5R9f4+pd4XLdjc56C53+omi9RBlIZQMapLAwpp2O64faodZZ7sWzVF36SvtldS4ZfpW7CB"
    "z1uNYChgDE5nTLEFfeEYTkPM+M2PX49gWCO0nIJtIa7cTG+q6WHkhJPSODJ3JrQNmSXmmH"
    "TpfmNpnNMthX34o96GxxxQWw6/JgYoBPfF4YlYMuuDE/whTf5SS117QB0yUmvcAhMmAbQ6"
    "b4lPjixUWH7FmR1LxO4yOzr/ubu8u7zo7ME2eYrsjgNyxw/F5I7oKfIX17Ba6CgaYk2Qww"
    "Q5yqfm05PT0z1MzLUiHVx3BfXSvrJI45432T0fIYzopJaYc1Aj5ybL2SRxFiur40riXIkB"
    "7SlaEVKEIaVicHVU8Yr0cbs0YhH3XHwrqjkhi/Jvfm8zhNmEqEX9D30XhyK0vxnW1u+FNe"
    "S17oYeYoV1lKmjpa80EP1MFWW7o5ATPj44aXVskhzUGCVNN0pM+ef+yuPceNeBqnQvAIbu"
    "unRrr3inUaZ8pG7q3l42+DHM8xYS726izX4OaCSwSdrqzqsGDfPvTNHgvvkPIH/4gnT5Yi"
    "snizKmTh1Tx/O4V6CVEJGCGMpr7eXCAPIVlP/44ea6IGK2hOT9ZOQy6x/LR/QQsypLqBdk"
    "lFOfZ9nOerniBCvUo7FyG/MewiCYF3C/wOS/ZjBnUeDreEjvxTwuSOec9/rX3duP6gHfU/"
    "De+zi47DYs2HmF1PWgy4P2+lCnj6pXgmJLBEbnX1Fr5gMXWghbbAItd8KloKjiXNt9gwAp"
    "lw1KPqipYdikUMez+rH3aCmd6E0+CcJMPTpTTyZSKV4sbbs+jTLDf5PqBZ1ZPye1VZHdYD"
    "gg/J+KlQ7ZpayDkljVOof0QK1S6bCZLoUBcidKRRodKdeiyz6NWSlsyzLhhlmcxSrtAQZU"
    "aVycT0CgpjYFOQr/kb8vnx0f4jETr8bZq1clhCY+DO+V92HiQ2fRsZyXzl8qDYbj7kfI7v"
    "PT0wrs8l6F7Mpjuc0RCWbK5cxihzwFMQ65pkO+V8fwy/8B8Mtf/g=="
)
