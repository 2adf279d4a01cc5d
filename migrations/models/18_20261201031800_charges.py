from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# Each check lists its values in an array, so that values can be added to it without naming the others.
_ADDED = """
        DO $$
        DECLARE
            one record;
            listed text;
        BEGIN
            FOR one IN SELECT * FROM (VALUES
                ('ledger_entries', 'ledger_entries_event_check', '''CHARGE''::text, ''WAIVER''::text'),
                ('ledger_entries', 'ledger_entries_debit_check', '{accounts}'),
                ('ledger_entries', 'ledger_entries_credit_check', '{accounts}')
            ) AS checks (of_table, name, added) LOOP
                listed := (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = one.name);
                EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', one.of_table, one.name);
                EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I ', one.of_table, one.name)
                    || replace(replace(listed, ' NOT VALID', ''), {change}) || ' NOT VALID';
            END LOOP;
        END $$;
"""
_ACCOUNTS = ", ".join(
    f"''{name}''::text"
    for name in ("CHARGES_RECEIVABLE", "FEE_INCOME", "GST_PAYABLE", "THIRD_PARTY_PAYABLE", "PENAL_INCOME", "WAIVERS")
)


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE bills ADD COLUMN charges NUMERIC(14,2) NOT NULL DEFAULT 0;
        ALTER TABLE bills ADD CONSTRAINT bills_charges_check CHECK (charges >= 0 AND charges <> 'NaN') NOT VALID;

        ALTER TABLE payments ADD COLUMN charges NUMERIC(14,2) NOT NULL DEFAULT 0,
            ADD COLUMN charge_parts TEXT,
            DROP CONSTRAINT payments_parts_check;
        ALTER TABLE payments
            ADD CONSTRAINT payments_charges_check CHECK (charges >= 0 AND charges <> 'NaN') NOT VALID,
            ADD CONSTRAINT payments_charge_parts_check CHECK (charge_parts IS JSON OBJECT) NOT VALID,
            ADD CONSTRAINT payments_parts_check CHECK (interest + principal + credit + charges = amount) NOT VALID;

        -- A bounce charge belongs to the request of its reversal.
        ALTER TABLE loan_events ALTER COLUMN request_id DROP NOT NULL;
        ALTER TABLE loan_events
            ADD CONSTRAINT loan_events_request_check CHECK (request_id IS NOT NULL OR kind = 'CHARGE') NOT VALID;

        ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_refund_check;
        ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_refund_check
            CHECK ((event IN ('REFUND', 'CHARGE', 'WAIVER')) = (event_id IS NOT NULL)) NOT VALID;
        """ + _ADDED.replace("{accounts}", _ACCOUNTS).replace("{change}", "'ARRAY[', 'ARRAY[' || one.added || ', '")


async def downgrade(db: BaseDBAsyncClient) -> str:
    return (
        """
        DO $$
        BEGIN
            IF EXISTS (SELECT FROM loan_events WHERE request_id IS NULL)
                OR EXISTS (SELECT FROM payments WHERE charges > 0) THEN
                RAISE EXCEPTION 'the book has charges, which the version before cannot read';
            END IF;
        END $$;
        """
        + _ADDED.replace("{accounts}", _ACCOUNTS).replace("{change}", "one.added || ', ', ''")
        + """
        ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_refund_check;
        ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_refund_check
            CHECK ((event = 'REFUND') = (event_id IS NOT NULL)) NOT VALID;
        ALTER TABLE loan_events DROP CONSTRAINT loan_events_request_check, ALTER COLUMN request_id SET NOT NULL;
        ALTER TABLE payments DROP CONSTRAINT payments_parts_check, DROP COLUMN charges, DROP COLUMN charge_parts;
        ALTER TABLE payments
            ADD CONSTRAINT payments_parts_check CHECK (interest + principal + credit = amount) NOT VALID;
        ALTER TABLE bills DROP COLUMN charges;
        """
    )


MODELS_STATE = (
    "eJztXWtz2za6/isYfWk6o/U4Tpp0e86cGdlxt+46dtZ2erbbdmiIhCSsKVAlSLuabf77AryIF4EU"
    "AdMSJb5fEovEw8vzgsB7w4v/DOaeQ1x+9JkTf/Ad+s+A4TkRfxSOD9EALxbZUXkgwGM3ahiKFtER"
    "POaBj+1AHJxglxNxyCHc9ukioB4TR1nouvKgZ4uGlE2zQyGjv4fECrwpCWbRg/zymzhMmUP+IDz9"
    "uXiwJpS4TuE5qSPvHR23guUiOnZKpxcs+D5qK284tmzPDecsa79YBjOPrQCUBfLolDDi44DIOwR+"
    "KN9APmDypulLxQ+bNYmfModxyASHbpB747GVHRtY1tX1nXV7fmdZAw2ObI9JfsWj8oiAqXyEv/z1"
    "5OTNm/cnx2/effvN2/fvv/n2+FvRNnre9VPvv8QPk7EVXyri7OJvF1d38oE8IcRYtPLAlwiDAxyj"
    "ImFk7Ef/r/F/R/6oYD9tX+JfvFiZ/5TtOgGkBzIJZB1vCyKoYfPu/J8Rl3POf3flgaufRjdnP4xu"
    "Xn0c/fPr6MwyOXN5ffW3tHlG/dXZ5fVpRH5GNplj6uqwvQIA3QZ0Y+zMMPYth04JD1SjDMP+Us38"
    "OrYkgvEyIPywhHAqKcwLQcjg9OJqdPOzWgpp+4XHg6kfXWhw+vPd+ahCDjZdiLkhEL3dTBZFPMjj"
    "ufJwMQ+siRf6OkOSEgzDk8HwtBCUac29K4AR3Ylu01e2seOIT4JrdfUMAowbMM5YiF2LMttT6Zgf"
    "iE3n2K2gvowtCcCJwUfJRQ5KGB/Ozy4+ji5fvX47PIm4F8zTgCQTQCSVt8dflwcTzPmT5zvWDPOZ"
    "1qBSBkJX1+/qtk8cGljc9nxFT78VPdSttGfL2M2Wbff5T2zbNyfv362sWfmjzn69FX3+MjVY1dQ6"
    "Flaojh8ELQGdk830pvjyYJJc4Cj9Y/8Ir+vwFx/Pb+9GHz8Vev2H0d25PHNS6PHp0Vfvvi52+tVF"
    "0P9f3P2A5E/0r+ur87K6uWp396+BfCYcBp7FvCdLzKU5TtLD6aGCxCm3sB3QR8WXdOp5LsGswjGU"
    "x5WtAwF8KZU0dRpt2Ti4vr4sSPT0ojxQff54en7z6nVpDlF+YpISs48rh2zhs+qaTTAQL+hcM3eZ"
    "yHlPvrOkS9Z+Zqkh90CWelpxCQf6goG+IG5PWGA9Ep/LR9WgXwEFCRhLwGzUK2FBneiyOiFo50Zi"
    "LgBBxl2TsQwoTh5yQS15YIzthycsrNm1M96JV9V2/dT8ZF4+ghmeRkKSbMrnzMVXz2aYRRaPMvqa"
    "nB1uisFadtSwWSh2cM0IesRuSJA3QRgtxHTgMRTMcICeMEc+WbjYJg7yfPH33Hskzv9Ej47oBMkQ"
    "LYmaMY+Ro0Gpv7R9bQgO72lweJJy3FQ5WQEgIGCgk3jiNtFnp0N5AQSaoIEmGI26RnpgAQnWb1dU"
    "hibWbzTh6s4uOZCRl7Zz8t3aLLOmrBUlsS6G7z2f0Cn7O4lzAi7Ec2Nmqwa5Up7bnongS9rH0qNZ"
    "//Xx00ojync98e7ijUnszbsRH8LNxZngeDfq7yh0aHDOAn+pUn9zZ2vVXyzbWcKm9mlD/RdSEfdy"
    "HKjTNmeifwjSTGbiEhSm4n2aiskjYQqJ12RFpgCwMkzSMuzA08v4SgFAtynd2ppmHnVACQFbmWF2"
    "rOQD89IrsZAUGXT8EhAkYCoB18NMm/0cCJg3ZX6Bl3MZodUlv4gD/k3594l4ea7mv1rLKaJA1dmP"
    "FOu+U+6QAFNXQfmPt9dXaspzkLKdTO0A/YlcyvfRmVlDvSSjnvoyy8OilSsvsEa9waoyWE1mtnqp"
    "I7H+60Q5HShcnatzwzpHZ6regpOzp05OWAK81flxq8vbO6Z9b309426XIPW9q8OyCVg20ZW+f2DR"
    "qo6onzdkIt5jduc9EDZQqKCF87VqqB+3FPqjaAq6aE910QmeU3e5LoHPny8+VOR3rhAlGYQhdY4k"
    "bg8Hqxpeozn5TTza5MeR6E2Ls0H0KVWoPnUugSIO3AJl5adpURPyx4KK0ybrPArIA5yN92T2bbSa"
    "x/cCQ6WriIT1PJ2WMnkUw6KRlAtIkHKXpcxD2yacq7KR6mbMAsxwwtwfqb7UfAnWa6U0Dsx6zUs9"
    "VuCtMZliZiB6BRzkv0/yh7ysXWenQE5iL9cddUwC7S07Uo0uLdCaD6cfJrWlEbVTq7puhawu2PeY"
    "uqFPBgpXc7HBsM7XzEVTizJrEjfWKG8gEcRB8gJ/oSyqRcAQtm0vZIGsPTDxvXl0KE4iGyIeyCJv"
    "CHOEUZxqgzwxjasLHLR6dfCBd3gSGNb4wBOBm9UIX8OC+3ZoaI7GX6ORSZIDgjHSdWOkI6HUT0nK"
    "yQ3hJFBNcMUGtRPcKn3Fl20hmtrTmcQWPcNoGikBYQ4xnUNW1QOK3NeXX16BtlfR4/hlv4M2qi5D"
    "NNWkY3dpAm4UgYEgQF/0LnAC7153ACcwOIG7JAFwAu+c2i47gc+inTNGnBPO5cL0gcJMXmszrLOU"
    "k7048Kq5hjPY9uaLMJAOW7mTxxA90WAmi82iMXZlLxqiwAsEHGHmoNiJGxWspXHN2hVcunXVDuHW"
    "7wCmfIcnhWGNKW+0j8/zNvDpnPrbni2ZfD4KC6NuB7Ac6tl7f3WN3BoO082/To41Nv9KxtVoeNKk"
    "uQwFrjdw7ZCxIdUlJDC9gWlxacbl0kTBUjTdrvNd49VTYA9pYD55/fb922/fvHu7Gp1XR+qG6PXR"
    "OVbGjHxAJSg4gfbJCQQFsPvpg+iaCNpzQuzGSr6YLzxfaRsnZ4Z1FjGN2jQ0g++ELSqTkASdMl3J"
    "k0lM1CVfceR7T3yIJmKic9B4ibA4zqbEX4imgWwqrVjZNDJdk9+cBIFoxVMjNr4KcsiCyEZs3Uje"
    "8v1/Zb+yEUMhExejfCYs65gtRKWxzQQ4JM4RusdT0W0sb3IvT2CGCPZdSvy0dXo7IZzoGb6L7xPd"
    "NZgJiHwPMW5yNCaux6a/ssCLz8r9a1AsRR55A7wwQPcPYkTllnheS17nHjnUQcwL4vQw9DSj9iy9"
    "A1nKC4uHBG9Ax4fnYY03INeX9QL7JSAE9oeGgX1GnmRpRiOVZR0Lmotx3EroIL5ZvLiIBFNhn0yF"
    "dP41yc4sQmE9bpezQaR2ZOlWTCuAoHCXQeGuokKpmN3qqnetg7dYwmtHWkZ7JbwkZ5YcuPV0igIM"
    "cjFMtYmExn8TW/JkIoEMClIwzkVijjB0Deb2AhBm9i7P7KmLRH8fmiIQvrKWfL4pry34fTM3437J"
    "oanjt9QFtZ2/+QK1iau11P8T2Pd/vyEujl5jA9mfcCPCO6pTrTH+5eX94zdkQXCNlzw5P9zsKxez"
    "vmza0GU+kq7Y2JuLWeoRnmGOAs8bRt7o9FzJa5z5bQsu8BauB37gDg/Zwxo/cD6nQFcS61jwQhpr"
    "rAZ6TDJ2APXtqjHbVWC6JoLGSd7GustLTsx32ZCkmpfzp2un5dzQppHOfXZz/uHiTtbZ+HB+enF3"
    "hO4936EMu/fiOedj4nNEfg+xG4dSc9HmIeJJeDb+pmUwmor5VWqJcRiXecFMHFUneW/hvjJufb8a"
    "cKKotAxAJ4pArB9IbUDAY5VBCgaJq0S3jMqOjMlEBpOT7ACZbO464iCKTe4jdBEFwZmHJvHHhh7I"
    "cvgrGxMbh5ygT7H5ePuPS/QUQe0ZsR/iWwuE0E3smXy3OXVdKTb5t7w56CddH4vr9BOMnRnGvlkp"
    "kzUsRKuHhtFqz7ZD3ydieGZql1rF4soirM6hdlhykB6yckhEPKVOECptD/Enk20b5+rk6tpk9gzU"
    "xzz212818tgTBWOd4Op11hnikGyV1nLWC9bcNo3AjrlQd2gD7jLZNnK/VroSU+fsRkfiyh3cxI0o"
    "Gyc1AvOKvNDC47KAyXJRmca6IN4iyoqNVgRylRPxmVcDFb3Dn0qdir5I+mbDeSBtDpNAVfZAZEgb"
    "pA6scIdE7S7SN+T4o9pxcJMAVjgQgLEA4qlBlh2UU4PmZ6AAgyiekRgtSTTKi84BIS26K1k1TdKi"
    "02om6imoyar7qlmoFza0wap7E6pLSGB6k7cCgqsQXO2ACPY7uHrpYWVUNTo+rHNOuKIF1JDuqX8A"
    "XPEv64oX1xVmJw8sP4miadC8hu0j2++Gb5rrbFjuFWfAdBEINNfTLCcMS3TNuYZjsYA5JI2tNe+i"
    "Q/k49Ll2FL+M63UY316Kmc9y8FKRdV/ZN4sg6Jyqzhlqs5qHAKcKTueU0Xk4tyRRBnOWCg4zV/3M"
    "ReZUk+UE0UditfRcWXPGpgvsWmbFV5V4YL2pdSEGAVPjIoEC1xu4xrbth0LLSonTtZkV8D5yfnI8"
    "fK/NeTDzvXA601GLFVDQjLk1pq6rimjUK8d5HOhyqsA4NhqE87A+Dgaakx0PsOvKXRyM5rs1NDC+"
    "gfGciWFunADTTWKgrpPoYrprOMrAZ05yHcs31pvjGPkjiGYqcUlNHhXQPjNpu56+J7IA6jN7rpzW"
    "I8VJx0NeAB3M3qCtqVhxBpPmPJSBdjMFvRS5bc8/cv5Iyt7oBR9KuD5/9UK/DEKFh7x6EWGG2N4y"
    "wsHo7O7ip/PB9il7kaWEC99zQlsxLFSznoMY0b4/nfRFGOcLMWSqFhfW9PMMAowbME7Eaytd6pXK"
    "RB6yPVXi9f6oErAJdQXVh5s9jxcLl9rYqJrWOvaQ3KB92Iu6v9TXJHzDRlBNEr71dqPODRUtUCvT"
    "t0fFK+qyvNMs56Ycrw+wncuuz4uhItG+JKn6nHsr984adcxyqGzNvnRncHFkGBX+EnM4F9dMy4OS"
    "eCV/9Isy25uTwjbS/w4d8c7K/bde+H5R3TJhjglS5vweYZ/kL4dwsqPVE4kuxuX/zncIiwaiZ/Mg"
    "2y872morPUodNCUBz07EUKhj0PWJaohgncKuHICQ0z14AUMTVn88sw//VWf1RzIn6Xim8hgo5Wbg"
    "m0rm6nXOR76PK0o/5jAlzl3K93HY2ED6L78pQ1lWpCWtM3crvma3Oh+rhD2gqmJvTt6/W4248kfd"
    "YHsrhodLxebijIXYtWK1U1ddKGOfPeJ2jOfWo4aCCEd/wVIB1eukzMRkUTrDqietIgoiKkZRw8jm"
    "XGf9x9vrq8qw4QpT7rTUDtCf6CVnr8H/TkIWlTxH45C6AWX8SN7v/3YQyJUc1YukzP6w6MyXF+hA"
    "INdMEDb2nR2Q/pLRc+uR+GrNubqY1zoS4owQZ4Q4I4S3ILzVDRG0F97aTczllLruQBFoiY4P66Ir"
    "Mo8bKhr1NFKgm3e9g5TrPfJgp0siHLUDu9LIL+N6bebHpTD0CMxjek0eVBbYhWvPcJV731e3w/LK"
    "TjKdW/yr3aELSGB6A9OwEP7lObZn2J8ShfO6filchoK1cI2K6iywypJrlrSRYoHqZlWjDLheBwPZ"
    "dWQ/MO+JWXK3V11vdBHZgjd6j8KPHXI+p5zUep9jWYUsoIolek3EvIKCnLssZ4gtVYr5gGNLUcqt"
    "rn85BzokH+duY0tusq9CC+t79lAETWNLua7XqdjSyHW96qU8ubPDujgTXrXT39VT/LWUXgXR1vPF"
    "T+kwHyLPjzfi9ELRiokryJOpUREtqFlpvfGaGrlmhnkBiuvzoSUJanf/fNm7Qsysw2PZsCZmBt5e"
    "LWXxebauqZkLLDc2csH8OXTzR8482opwDnRAyya2vQdsrEFok1/EgSHSliGS8NqCLfIpu9KeCaKp"
    "OVLsgw2KOYyTXLNnMpumrO3X+NKU1dyw2ikjL+3PCgsv19Wrzbukt0AmYU+tIvFAjGO7smBU9cqU"
    "dSQsLjZYnlKk0ZrSR6LwuZ16nkswayKJ7BIleYzFNQ5LIKfX15cFgZxelBn//PH0/ObV65JtpdL4"
    "qO4azxyk18mLULYE0hT3nWNwXG2DZTKn1phMlBUhNu1QlwMCzw14xpNAtTBsI80rHLC8geVdlCzu"
    "mPXc9kocn9ier19towTrc4H+hU8qnWV1VQbyqC0WGrg5//D57Nw6/3gx2D59L2LPwRYekBW+3/Ra"
    "MpNCa4+PMg7K9ZgWmdNhPUMA3/p8r3b1Wae8pqxfAbXFwn5dKo0k1La1an8+kUVyDBS3AqzPipuM"
    "zeh8/Wl7+PZNxtoJ8dWmW91wmwMB60aaMWTzQzY/ZPNvK4tp7j2Kj0YuadMWwBr0gLxVW5ZCgB8I"
    "s8ZLbRmUgCABUwlAsbqu5PHBgqJ2FhSVe3cLnPa+AKBqzG6B1+uFpNPbX/tgI7WleaoBvZl20QLB"
    "zTN695TfNV2sUwmociw+f6xIQc1ODjfuFEYeIQ+1v3moe7P/7x5F0x/Ee+h4uNL2kMdr4N0ikwmx"
    "A/pINF3gZVyvU0k7kf9xIBTqu1lLUPCz7pOfdddZ2N1UrltLjUgilYq0iEr9JA85IOddezuHYGGU"
    "6+gnKwBE3wzyHUiAqauV1pODAOOQYbLrDJMt50d1TXfZfpIE7Nu3C95tqZIpxunaJaAZaIuLPlMv"
    "1d4u+oTchJ3FZL0kLKJNfwkIIoDYbHdjs14u+Le9OOK+clv6tLsV5iLOlPjnLPCXA1WgK3d6WBvq"
    "ihpaRLSkBKJdPY12Sd+ftpe7AOq1j7sjsZb9MVRUHD5qrhFdAcCaNnK/jVWrQuucb2PlilCg+zmr"
    "cGucy1VLcIHwJoTvOvy0R/ybLc2FxTM9DOpCBeBd+afANbhb6iNtU1sAeRT0fVMB7LD6dW/5B8fs"
    "Vh2zUPO6lZrXilGjBVYPfkWHdon2bEpsaSBYLco4TILXVIhOxRLkqCHe8mwWsoeBIphQOD+siyaM"
    "45aWLZs23p/Lx2xK5FZZkiZEHR5vm+WH7AjdzQh68vwH4se7YMk7cEQD0dZ+kH9w5HtPQ8Q9gbB9"
    "zGfIJfiRRG0WhDnicVS7c23lnhAP6bCGM6yJh0yoX5FpVCeDPArsLXN7CxtwnwMB9c8ydbnlhDrL"
    "3gqYQ+K+tcTyaP6wKOchUfTqWr9ZHrY9bl+qPmTbxKYl5a14T0xNb78C3b9ynN9q+PxxEJD5QpUL"
    "WtmH8xDov+X+63iMGERQcjDYMLHLGyZOMBUDi2Xku1/HggPTVK2RXIaqTR6qw+85CCwaMFisEer3"
    "+AxzSFrkbn31gtOW3MriVW/CQ3bYZ92vi845yX21ay6RzGbHnHhJSPLtqVMLc8ubqHXNCuU9BfQ6"
    "uVcMjkGotU45Q2xx55J/fD7/fP5hcCD6wx45ovbF2IzpqfKUbGC10kUCxIJ7D9x79UPz8dHx8Q4G"
    "ZiMfn5i7fLO83iISHFOddkxRRvnMSMwlKMi5y3KGLP3qyeqwsvTXfEA78laEnDLCuexcA5W/In9+"
    "WOuxSFpaqZG5OZNI5u14QqIyO0em88hEneh6R2gkiKPTKfGRTyYhJ+KEh2QhYxQIkLwFkgSsZwq1"
    "dM2WnSa3Ql1xn+02afKVdsFv8ubk/buVLil/1KmRt0LludzsDEl7VVNfSNq+d66Qjgwso9ChwSVV"
    "JyhmJ2uHFCybWS5tnprIkCyMsPyKIzFE06gYGWXR523PBIeKxMImiGcMBulF9fyoedThDAs7dqfO"
    "MJ+pxMCwX1FKL0WUS2Itg7jyxuGMHafSo5dXloTBeXpxNbr5We0UTNvnFaHTn+/OR+UiAfLb0l+F"
    "lUNB939OYFFn7C9JbV1k14zceeKfhkHIaJBfVbTZK4k1DUHmO2qTIOTzVHXPe/hB2ECqCXV1rl5F"
    "F62smWjWcDqVurRsLvVoOSNKPMJB9DdhTpyBn+r9kQJ9hO59zwvuEeVxKn6CDHxCUm08clCrFfeX"
    "vBmEQTs8cIHm33IQ1BWfjGpbr+ogaIaA+iWmAVDdMN12w0h7lIEvx3U9XT1FgK5uqqvPEv1Bwz5K"
    "EMC5KeeLcOyaBnbKWPD5g8+/kSEh129XGRKrc7WGRJTkbmhI4Egn/4rH/jWEJ0G0bFco+XK5NXqi"
    "wUy0Sfdmq7cTDK4FZsCemgGwwV/7ahZM+buc8jWr95Zw/TZvobpaRxasQHGpdopL7UYV/OR7TmgH"
    "PxGfx2++phCWWtSqhYu4beM6Mo/xRWNNLgEfofuF51KbEh45dqUT98fb66shwjzR99ADIQt5RlUn"
    "ppVrKpTEX2JixMnkDoPfQG/syvhUpzemYmvqB03bgxfUwAv6mA0TDXX0HOKQJuXWVPRsy4GJ7811"
    "FMZ1ZK9VxnQG0BkL8hgYD8zK6EM+cy98m53Zm61jqxM6YaTtZhuxjkmiqa3W5V3ERsSn9mygSqmN"
    "zwxr82mzNp0pJ9AXK+iZCmG1fVOpcp/NsK+rc++nViO+lz8sl7BpID+Nk2++qSE0VWpEq9IEmeo7"
    "J/G5Uik18VFpMJw0P0B2Xx8fN2BXtKpkNzpX3rKYBcra1NJLU6EfZpCyckjtAP2JXnKv891o6JKM"
    "eg29rIyXVDt5gdNdLxH58l8++g0i"
)
