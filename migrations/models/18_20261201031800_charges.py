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
    "eJztXW1z2za2/isYfWk6o/U4Tpp0e+/cGdlxt+46dtZ2erfbdmiIhCSsKVAlSLuabf77AnwRXwRS"
    "BExLlHi+tDGJh5KeA+K84uA/g7nnEJcffebEH3yH/jNgeE7EPwrXh2iAF4vsqrwQ4LEbDQzFiOgK"
    "HvPAx3YgLk6wy4m45BBu+3QRUI+Jqyx0XXnRs8VAyqbZpZDR30NiBd6UBLPoi/zym7hMmUP+IDz9"
    "c/FgTShxncL3pI787Oi6FSwX0bVTOr1gwffRWPmBY8v23HDOsvGLZTDz2ApAWSCvTgkjPg6I/ITA"
    "D+UvkF8w+aXpj4q/bDYk/pY5jEMmOHSD3C8eW9m1gWVdXd9Zt+d3ljXQ4Mj2mORXfFUeETCVX+Ev"
    "fz05efPm/cnxm3fffvP2/ftvvj3+VoyNvu/6rfdf4i+TsRU/KuLs4m8XV3fyC3lCiLFo5YUvEQYH"
    "OEZFwsjYj/6/xv8d+aOC/XR8iX/xw8r8p2zXCSC9kEkgm3hbEEENm3fn/4y4nHP+uysvXP00ujn7"
    "YXTz6uPon19Hd5bJncvrq7+lwzPqr84ur08j8jOyyRxTV4ftFQDoNqAbY2eGsW85dEp4oFplGPaX"
    "aubXsSURjJcB4YclhFNJYV4IQganF1ejm5/VUkjHLzweTP3oQYPTn+/ORxVysOlC6IZAzHYzWRTx"
    "II/nysPFPLAmXujrLElKMCxPBsvTQlCmpXtXACO6E9umr2xjxxGvBNea6hkEGDdgnLEQuxZltqey"
    "MT8Qm86xW0F9GVsSgBODj5KHHJQwPpyfXXwcXb56/XZ4EnEvmKcBSRRAJJW3x1+XFxPM+ZPnO9YM"
    "85nWolIGwlTXn+q2TxwaWNz2fMVMvxUz1K30Z8vYzZ5t9/lPfNs3J+/frbxZ+Ued/3or5vxl6rCq"
    "qXUsrDAdPwhaAjonm+lN8eXFJHnAUfqP/SO8bsJffDy/vRt9/FSY9R9Gd+fyzklhxqdXX737ujjp"
    "Vw9B/39x9wOSf6J/XV+dl83N1bi7fw3kd8Jh4FnMe7KELs1xkl5OLxUkTrmF7YA+Kt6kU89zCWYV"
    "gaE8ruwdCOBLmaRp0GjLzsH19WVBoqcX5YXq88fT85tXr0s6RPmKSUrMXq4csoXXqms+wUD8QOea"
    "uctEznvyniVTsvY1Sx25B7LUs4pLOLAXDOwF8fGEBdYj8bn8qhr0K6AgAWMJmK16JSyYE102JwTt"
    "3EjMBSDIuGsylgnFyUMuqSUvjLH98ISFN7t2xzvxqsau35qfzMtXMMPTSEiSTfk9c/nVsxlmkcej"
    "zL4md4ebcrCWHQ1sloodXDOCHrEbEuRNEEYLoQ48hoIZDtAT5sgnCxfbxEGeL/499x6J8z/RV0d0"
    "gmSKlkTDmMfI0aA0X9p+NiSH9zQ5PEk5bmqcrACQEDCwSTzxMdFrp0N5AQSWoIElGK26RnZgAQne"
    "b1dMhibeb6RwdbVLDmQUpe2cfLemZdaMtaIk1sXwvecTOmV/J3FNwIX43pjZqkWuVOe2ZyL4ks6x"
    "9Go2f338tLKI8lNP/Hbxi0kczbsRL8LNxZngeDfm7yh0aHDOAn+pMn9zd2vNXyzHWcKn9mlD+xdK"
    "EfdyHaizNmdifgjSTDRxCQqqeJ9UMXkkTCHxmqrIFABehklZhh14ehVfKQDoNqVb29LMow6oIGAr"
    "GmbHRj4wL6MSC0mRwcQvAUECphJwPcy02c+BgHlT5hd4OZcZWl3yizjg35R/n4gfz9X8V1s5RRSY"
    "OvtRYt13yh0SYOoqKP/x9vpKTXkOUvaTqR2gP5FL+T4GM2uol2TUU19meVj0cuUD1qg32FUGu8nM"
    "di91JNd/nRinA0Woc3VvWBfoTM1bCHL2NMgJW4C3qh+3ur29Y9b31vcz7nYLUt+nOmybgG0TXZn7"
    "B5at6oj5eUMm4nfM7rwHwgYKE7Rwv9YM9eORwn4UQ8EW7aktOsFz6i7XJfD588WHivrOFaIkgzCk"
    "zpHE7eFiVcNrpJPfxKtNfh2JfmlRG0SvUoXpUxcSKOIgLFA2fpo2NSF/LKi4bbLPo4A8QG28J9q3"
    "0W4e3wsMja4iEvbzdFrK5FEsi0ZSLiBByl2WMg9tm3Cuqkaq05gFmKHC3B+pvpS+BO+1UhoH5r3m"
    "pR4b8NaYTDEzEL0CDvLfJ/lDXdauq1OgJrGX+446JoH2th2pVpcWaM2n0w+T2tKK2qldXbdCVhfs"
    "e0zd0CcDRai5OGBYF2vmYqhFmTWJB2u0N5AI4iD5gL9QFvUiYAjbtheyQPYemPjePLoUF5ENEQ9k"
    "kzeEOcIoLrVBnlDj6gYHrT4dYuAdVgLDmhh4InCzHuFrWAjfDg3d0fhtNHJJckBwRrrujHQklfop"
    "KTm5IZwEKgVXHFCr4FblK74cC9nUnmoSW8wMIzVSAoIOMdUhq+4BRe7r2y+vQNvr6HH8su9BG12X"
    "IZtqMrG7pIAbZWAgCdAXuwuCwLu3HSAIDEHgLkkAgsA7p7bLQeCz6OSMEeeEc7kxfaBwk9fGDOs8"
    "5eQsDrwarhEMtr35IgxkwFae5DFETzSYyWazaIxdOYuGKPACAUeYOSgO4kYNa2ncs3YFl2FddUC4"
    "9U8AV77DSmFY48obnePzvAN8Omf+tudLJq+PwsOoOwEsh3r22V9dI7eGw/Twr5NjjcO/knU1Wp40"
    "aS5DgesNXDtkbEh1CQlMb2BaPJpxuTVRsBSp23W+a6J6CuwhLcwnr9++f/vtm3dvV6vz6krdEr2+"
    "OsfGmFEMqASFINA+BYGgAXY/YxBdE0F7QYjdeMkX84XnK33j5M6wziOm0ZiGbvCd8EVlEZKgU5Yr"
    "ebKIibrkK45874kP0UQoOgeNlwiL62xK/IUYGsih0ouVQyPXNfmbkyAQo3jqxMZPQQ5ZEDmIrTvJ"
    "W/78X9mvbMRQyMTDKJ8JzzpmC1HpbDMBDolzhO7xVEwby5vcyxuYIYJ9lxI/HZ1+nBBO9B2+iz8n"
    "+tRgJiDyd4h1k6MxcT02/ZUFXnxXnl+DYinyKBrghQG6fxArKrfE97Xkc+6RQx3EvCAuD0NPM2rP"
    "0k8gS/lg8SUhGtDx5XlYEw3IzWW9xH4JCIn9oWFin5En2ZrRyGRZx4LlYpy3EjaIb5YvLiLBVdgn"
    "VyHVvybVmUUo7MftcjWItI4s3Y5pBRA07jJo3FU0KBXara571zp4iy28dmRltNfCS3JmyYVbz6Yo"
    "wKAWw9SaSGj8N7ElTyYSyKAgBeNaJOYIR9dAtxeAoNm7rNnTEIn+OTRFILxlLcV8U15biPtmYcb9"
    "kkPTwG9pCmoHf/MNapNQa2n+J7Dv/35DXBz9jA1kf8KNCO+oTbXG+JeXj4/fkAXBNVHy5P5wc6xc"
    "aH05tGHIfCRDsXE0F7M0IjzDHAWeN4yi0em9UtQ4i9sWQuAtPA/iwB1esoc1ceB8TYGuJNaxEIU0"
    "tlgN7Jhk7QDq2zVjtmvAdE0EjYu8jW2Xl1TMd9mSpNLL+du1ajm3tGmUc5/dnH+4uJN9Nj6cn17c"
    "HaF7z3cow+69+J7zMfE5Ir+H2I1Tqbls8xDxJD0bv9MyGU2FfpVWYpzGZV4wE1fVRd5b+FyZt75f"
    "LThRVlomoBNDILYPpDUg4LHJIAWDxFOij4zajozJRCaTk+oAWWzuOuIiil3uI3QRJcGZhybxy4Ye"
    "yHL4KxsTG4ecoE+x+3j7j0v0FEHtGbEf4o8WCGGb2DP52+bUdaXY5L/lh4N90vW1uM4+wdiZYeyb"
    "tTJZw0K2emiYrfZsO/R9IpZnpg6pVWyuLMLqAmqHJQcZISunRMS31ElCpeMh/2RybONcXVxdW8ye"
    "gfpYx/76rUYde2JgrBNcvc86QxySr9JazXrBm9umE9ixEOoOfcBdFttG4dfKUGIanN0YSFyFg5uE"
    "EeXgpEdg3pAXVnjcFjDZLirLWBfEW0RVsdGOQK4KIj7zaWCid/hVqTPRF8ncbKgH0uGgBKqqByJH"
    "2qB0YIU7JGp3Ub4h1x/ViYObBLDCgQCMBRCrBtl2UKoGzddAAQZRPKMwWpJoVBedA0JZdFeqapqU"
    "RafdTNQqqMmu+yot1Asf2mDXvQnVJSQwvSlaAclVSK52QAT7nVy99LAyqxpdH9YFJ1wxAnpI9zQ+"
    "AKH4lw3Fi+cKt5MHlp9k0TRoXsP2ke13wzfNbTYsz4ozYLoIBJrraZYKwxJTc64RWCxgDsliay26"
    "6FA+Dn2uncUv43qdxreXQvNZDl4qqu4r52YRBJNTNTlDbVbzEOBUwemcMjoP55YkykBnqeCgueo1"
    "F5lTTZYTRB+J1bJzZc8Zmy6wa5k1X1XigfWm3oVYBEydiwQKXG/gGtu2HworKyVO12dWwPvI+cnx"
    "8L0258HM98LpTMcsVkDBMubWmLquKqNRbxzncWDLqRLj2GgRzsP6uBhoKjseYNeVpzgY6bs1NDC+"
    "gfGci2HunADTTXKgrpPYYrp7OMrAZyq5jtUb6+k4Rv4IIk0lHqnJowLaZyZt19OPRBZAfWbPlWo9"
    "Mpx0IuQF0MGcDdqaiRVXMGnqoQy0GxX0UuS2rX+k/kja3uglH0q4Pr/1wr4MQkWEvHoTYYbY3jbC"
    "wejs7uKn88H2KXuRrYQL33NCW7EsVLOegxjRvj+T9EUY5wuxZKo2F9bM8wwCjBswTsTPVobUK42J"
    "PGR7psTr/TEl4BDqCqoPt3oeLxYutbFRN6117CGFQftwFnV/qa8p+IaDoJoUfOudRp1bKlqgVpZv"
    "j4pP1GV5p1XOTTleX2A7V12fF0NFoX1JUvU191buN2v0Mcuhsj37MpzBxZVh1PhL6HAunpm2ByXx"
    "Tv7oL8psb04Kx0j/O3TEb1aev/XCnxf1LRPumCBlzu8R9kn+cQgnJ1o9kehhXP7f+Q5hMUDMbB5k"
    "52VHR22lV6mDpiTg2Y0YCn0Muq6ohgj2KewqAAg13YMXcDRh98cz5/BfdXZ/JDpJJzKVx0ArN4PY"
    "VKKr1zkf+T6uaP2Yw5Q4dynfx2VjA+m//KZMZVmRlbTO3K14m93qeqwS9oC6ir05ef9uteLKP+oW"
    "21uxPFwqDhdnLMSuFZuduuZCGfvsFbdjPLeeNRREOPoblgqoXhdlJi6LMhhWrbSKKMioGGUNI59z"
    "nfUfb6+vKtOGK0x50lI7QH+il9Reg/+dhCxqeY7GIXUDyviR/Lz/20EiV3JUL5Iy+8NiMF8+oCwS"
    "yMlUq8fDzclAKgBSAV0QQXupgN3Ep0+p6w4UQeno+rAuEi1rXqH7S0+jqro1qjsoT92jaF9aPu6o"
    "g32VDlEZ12uXKG4boEdgHtNr8mAX9i7CIIY7gvu+Exi2onWS6dxGSe0JXUAC0xuYhk3DL8+xPcP+"
    "lCgCffXbhjIU7Btq1IBkgVWeXLMEd4oFqpt12DHgeh0MZNeR/cC8J2bJkzF1o9FFZAvR6D1K1XQo"
    "+JxyUht9jmUVsoAqtjM1EfMKCnLuspwht1Qp5gPOLUXlibrx5RzokGKcu80tuUkP+hb2QuyhCJrm"
    "lnJTr1O5pZHretXbHnJ3h3V5Jrwap38CovjXUkYVvovOEsdIBsyHyPPjQwu9MJBnpg+jm6lTEW0+"
    "WFm9yRnoPpFHpqO4lxlakqD2pMSX/VTImXV4LRvW5Mwg2qtlLD7P1zV1c4Hlxk4uuD+H7v5IzaNt"
    "COdAB1Rivu3zMmMLQpv8Ig4ckbYckYTXFnyRT9mT9kwQTd2R4hxssPF9nNSaPZPZtGRtv9aXpqzm"
    "ltVOOXnpfFZ4eLmpXu3eJbMFKgl76hWJL8Q4tiub61TvZllHwkZMgy0tRRqtKX0kipjbqee5BLMm"
    "ksgeUZLHWDzjsARyen19WRDI6UWZ8c8fT89vXr0u+VYqi4/q7ofLQXpdvAgtHqBMcd85hsDVNlgm"
    "c2qNyUS5e37TaV45IPDcgGc8CVQbwzbSvMIByxtY3kV71455z23vxPGJ7fn6nQlKsD43M1/4pDJY"
    "VtdaO4/aYlPzm/MPn8/OrfOPF4Pt0/ci/hwcdwBV4ftNryUrKbTOQyjjoLWJaUMuHdYzBPCtz/fq"
    "BJR1ymtaoBVQW2yC1qU2MsJsW+uM5pNH4uufPFWC9dlwk7kZnbc/HQ/vvslaOyG+2nWrW25zIGDd"
    "yDKGan6o5odq/m1VMc29R/HSyC1t2gJYgx5QtGrLUgjwA2HWeKktgxIQJGAqAWhW15U6PthQ1M6G"
    "ovLsboHT3jcAVK3ZLfB6vZB0evvrH2yktqSnGtCbWRctENy8ondP+V2zxTpVgCrX4vPHihLU7OZw"
    "46lK5BHqUPtbh7o3Z6XuUTb9QfwOnQhXOh7qeA2iW2QyIXZAH4lmCLyM63UpaSfqPw6EQv0wawkK"
    "cdZ9irPuugq7m8Z1a6URSaZSURZRaZ/kIQcUvGvvNHcsnHId+2QFgOybQb0DCTB1tcp6chBgHCpM"
    "dl1hsuX6qK7ZLtsvkoAzznbBuy1NMsU6XbsFNANtcdNnGqXa202fUJuws5ysl6RFtOkvAUEEkJvt"
    "bm7WyyX/tpdH3FduS692t9JcxJkS/5wF/nKgSnTlbg9rU13RQIuIkZRAtqun2S4Z+9OOchdAvY5x"
    "dyTXsj+OiorDR809oisAeNNG4bexaldoXfBtrNwRCnQ/ZxduTXC5agsuEN6E8F2nn/aIf7OtubB5"
    "podJXegAvKv4FIQGd0t9ZG1qCyCPgrlvKoAddr/uLf8QmN1qYBZ6XrfS81qxarTA6sHv6NBu0Z6p"
    "xJYWgtWmjMMkeM2E6FQuQa4a4leezUL2MFAkEwr3h3XZhHE80rLl0Mbnc/mYTYk8KkvShKjD42Oz"
    "/JAdobsZQU+e/0D8+BQs+Qkc0UCMtR/kPzjyvach4p5A2D7mM+QS/EiiMQvCHPF1VKdzbeUzIR/S"
    "YQtnWJMPmVC/otKoTgZ5FPhb5v4WNuA+BwLqn+XqcssJdba9FTCHxH1rheWR/rAo5yFRzOrauFke"
    "tj1uX6o/ZNvEpi3lrfhMTM1ovwLdv3ac32rE/HEQkPlCVQtaOYfzEJi/5fnreIwYZFByMDgwscsH"
    "Jk4wFQuLZRS7X8dCANPUrJFchqpDHqrT7zkIbBow2KwR6s/4DHNIVuRuY/WC05bCyuKn3oSHHLDP"
    "pl8Xg3OS++rQXCKZzYE58SOhyLenQS3MLW+itjUrjPcU0OviXrE4BqHWPuUMscWTS/7x+fzz+YfB"
    "gdgPexSI2hdnM6anKlKygdXKEAkQC+E9CO/VL83HR8fHO1iYjWJ8Qnf5ZnW9RSQEpjodmKKM8pmR"
    "mEtQkHOX5QxV+tXK6rCq9NdiQDuKVoScMsK5nFwDVbwif39YG7FIRlqpk7m5kkjW7XhCorI6R5bz"
    "yEKd6HlHaCSIo9Mp8ZFPJiEn4oaHZCNjFAiQ/AgkCVivFGrpmS0HTW6FueI+O2zS5C3tQtzkzcn7"
    "dytbUv5RZ0beCpPncnMwJJ1VTWMh6fjehUI6srCMQocGl1RdoJjdrF1SsBxmubR5aSJDsjHC8iuO"
    "xBJNo2ZklEWvtz0THCoKC5sgnrEYpA/Vi6PmUYezLOw4nDrDfKYSA8N+RSu9FFFuibUM4s4bh7N2"
    "nMqIXt5YEg7n6cXV6OZndVAwHZ83hE5/vjsflZsEyHdLfxdWDgXT/zmJRZ21vyS1dZFdM3Lnif80"
    "TEJGi/yqo81eSaxpCjI/UZskIZ9nqnveww/CB1Ip1NW9ehNdjLJmYlhDdSptaTlc2tFSI0o8wkH0"
    "b8KcuAI/tfsjA/oI3fueF9wjyuNS/AQZ+ISk1ngUoFYb7i/5YZAG7fDCBZZ/y0lQV7wyqmO9qpOg"
    "GQL6l5gmQHXTdNtNI+1RBb5c1/Vs9RQBtrqprT5L7AcN/yhBAOemnC/CsWua2CljIeYPMf9GjoTc"
    "v13lSKzu1ToSUZG7oSOBI5v8Kx7H1xCeBNG2XWHky+3W6IkGMzEmPZut3k8weBa4AXvqBsABf+2b"
    "WaDyd6nyNbv3lnD9dm+hu1pHNqxAc6l2mkvtxhT85HtOaAc/EZ/Hv3zNICyNqDULF/HYxn1kHuOH"
    "xpZcAj5C9wvPpTYlPArsyiDuj7fXV0OEeWLvoQdCFvKOqk9MK89UGIm/xMSIm8knDH4Du7Er61Od"
    "3ZiKrWkcNB0PUVCDKOhjtkw0tNFziENSyq2Z6NmRAxPfm+sYjOvIXpuMqQbQWQvyGFgPzNroQz1z"
    "L2KbnTmbrWO7EzrhpO3mGLGOSaKpr9blU8RGxKf2bKAqqY3vDGvrabMxnWkn0Bcv6JkGYbV/U2ly"
    "n82wr2tz76dVI96XPyyXsGkgX42Tb76pITQ1asSokoJM7Z2T+F6plZp4qTQYToYfILuvj48bsCtG"
    "VbIb3SsfWcwCZW9qGaWpsA8zSNk4pHaA/kQvedb5bix0SUa9hV42xkumnXzA6a63iHz5L7FlJ/A="
)
