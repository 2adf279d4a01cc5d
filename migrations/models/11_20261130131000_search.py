from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- PostgreSQL trusts this extension: the owner of the database may create it.
        CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
        -- Parts of words are found by their trigrams. The blank in front makes the first word begin like the others.
        CREATE INDEX users_words ON users USING gin (
            (' ' || lower(name || ' ' || email || ' ' || coalesce(phone, ''))) gin_trgm_ops
        ) WHERE erased_at IS NULL;
        CREATE INDEX payments_transaction_ids ON payments (transaction_id);

        -- The due date of the oldest unpaid minimum: that of a bill, or of the next one. Past due loans come first.
        CREATE INDEX loans_by_due_date ON loans ((coalesce(oldest_due_on, next_billing_on + due_days)), id)
            WHERE closed_on IS NULL;
        CREATE INDEX loans_closed ON loans (id) WHERE closed_on IS NOT NULL;

        ALTER TABLE billing_chunks ADD COLUMN failed_loan_id BIGINT, ADD COLUMN failure TEXT,
            ADD CONSTRAINT billing_chunks_failure_check CHECK (failed_loan_id IS NULL OR failure IS NOT NULL);

        -- An event more. The list is extended as it stands, and reading all entries would keep payments waiting.
        DO $$
        DECLARE
            listed text := (
                SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'audit_entries_event_check'
            );
        BEGIN
            ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_event_check;
            EXECUTE 'ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_event_check '
                || replace(replace(listed, ' NOT VALID', ''), 'ARRAY[', 'ARRAY[''SEARCHED''::text, ') || ' NOT VALID';
        END $$;
        """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DO $$
        DECLARE
            listed text := (
                SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'audit_entries_event_check'
            );
        BEGIN
            ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_event_check;
            EXECUTE 'ALTER TABLE audit_entries ADD CONSTRAINT audit_entries_event_check '
                || replace(replace(listed, ' NOT VALID', ''), '''SEARCHED''::text, ', '') || ' NOT VALID';
        END $$;
        ALTER TABLE billing_chunks DROP COLUMN failed_loan_id, DROP COLUMN failure;
        DROP INDEX loans_closed, loans_by_due_date, payments_transaction_ids, users_words;
        -- The extension stays: it may belong to an administrator, or have been there before.
        """


MODELS_STATE = (
    "eJztXWFz27jR/isYfWluhvU4Ti5Jr++8M1Lia3Xn2KmtvG+vvQ4DkZCEmgJ1BGlH08t/Lw"
    "CSEkmBFAnLEiXul7sYxJLUsyB299kF8J/e3HeJx88+cxL0fkD/6TE8J+IfuXYL9fBisW6V"
    "DSEee6pjJHqoFjzmYYCdUDROsMeJaHIJdwK6CKnPRCuLPE82+o7oSNl03RQx+ltE7NCfkn"
    "CmXuSf/xLNlLnkK+Hpn4t7e0KJ5+bek7ry2ardDpcL1Tag0yELf1R95QPHtuN70Zyt+y+W"
    "4cxnKwHKQtk6JYwEOCTyCWEQyV8gXzD5pemPil923SV+y4yMSyY48sLMLx7b67aebV/fjO"
    "y7y5Ft9xpg5PhM4itelSsApvIV/vini4tXr95enL968+7712/ffv/u/J3oq95389Lbb/HL"
    "rNGKb6UwG/5leD2SL+QLJcaqlQ3flAwOcSyllLFGX/1/A/8R+VqCftq/gL/4YUX8U7SrFJ"
    "A2rDWwHnh7UEEFmqPLvyss55z/5smG6//r377/a//2xcf+379TV5bJlaub67+k3dfQX7+/"
    "uhko8NdgkzmmXhO0VwIAtwHcGLszjAPbpVPCQ90sw3Cw1CO/KVtQwXgZEn5aShhICLNKED"
    "oYDK/7t7/otZD2X/g8nAbqRr3BL6PLfokeHLoQtiEUo91MF3l50MdT9eFhHtoTPwqaTEla"
    "YZieDKanhYCske1dCRjBnfg2XUUbu674JHijob4WAcQNEGcswp5NmePrfMwPxKFz7JVAX5"
    "QtKMCNhc+Sm5yUMj5cvh9+7F+9ePnaulDYC+RpSBIDoLTy+vy74mSCOX/0A9eeYT5rNKkU"
    "BWGoNx/qTkBcGtrc8QPNSL8TI9QrjWeLstsj2/bjn8S2ry7evllFs/KPqvj1Toz5qzRg1U"
    "Pr2ljjOn4QsIR0TrbDm8oXJ5PkBmfpP44P8KoBP/x4eTfqf/yUG/Uf+qNLeeUiN+LT1hdv"
    "vssP+tVN0P8PR39F8k/0j5vry6K7ueo3+kdPvhOOQt9m/qMtbGkGk7Q5bcppnHIbOyF90H"
    "xJA9/3CGYlxFBWrhgdCMHncklT0mjPwcHNzVVOo4NhcaL6/HFwefviZcGGaD8xCYnZx5WR"
    "3MFn1baYoCd+oHvDvGWi5yP5zpIhWfmZpYHcPVk284oLcuAvGPgL4vGEhfYDCbh81Qbwa0"
    "RBA8YaMJv1CrLgTrTZnRCwcyM15wRBx23TsUwoTu4zSS3ZMMbO/SMW0ezGFf/CL+u7eWl+"
    "MS+2YIanSkkSTfmemfzq+xlmKuLRZl+Tq9a2HKztqI71UrG9G0bQA/YigvwJwmghzIHPUD"
    "jDIXrEHAVk4WGHuMgPxL/n/gNx/6xeHdEJkilaoroxn5GzXmG87PrekBw+0uTwJMW4rnOy"
    "EoCEgIFP4ovHqM+uCeQ5IfAEDTxBNesa+YE5SYh+2+Iy1Il+lcFtal0yQkYsbev0uzcrs+"
    "Gs5TWxqYYf/YDQKfuZxDUBQ/HemDm6Sa5Q53ZkKviWjrG0dT1+A/y48oiyQ0/8dvGLSczm"
    "3YoP4Xb4XmB8GPe3H7k0vGRhsNS5v5mrle4vlv1sEVMHtKb/C6WIRzkPVHmbMzE+BGgmlr"
    "ggCqb4mEwxeSBMo/GKqshUAKIMk7IMJ/SbVXylAgC3KdyNPc2s1AkVBOzFwhzYyQfkJSux"
    "kBAZDPyCIGjAVAOej1lj9DNCgLwp8gu8nMsMbVPw83KAvyn+ARE/nuvxL/dy8lLg6hxHiX"
    "XXIXdJiKmngfynu5trPeQZkWKcTJ0Q/Y48yo+RzKyAXoJRDX0RZSsf5cobbEBvsKoMVpOZ"
    "rV5qSa7/JnFOexqqc3XNqiI6U/cWSM6OkpywBHiv9nGvy9tb5n3vfT3jYZcgdX2ow7IJWD"
    "bRlrF/Ytmqlrift2Qifsds5N8T1tO4oLnrlW5oEPcU/qPoCr5oR33RCZ5Tb7mpgc+fhx9K"
    "6jtXEgUdRBF1z6TcEU5WFbgqm/wqnm2y84j6pXlroD6lEtenihLIywEtUHR+6m5qQr4uqL"
    "hsss4jJ3mC1vhIrG+t1TyBHxo6XXlJWM/Tai2TBzEtGmk5JwlabrOWeeQ4hHNdNVKVxcyJ"
    "GRrM49Hqc9lLiF5LtXFi0WtW67EDb4/JFDMD1WvEQf/HpH+oyzp0dQrUJHZy3VHLNLC7ZU"
    "e62WUHsGbT6acJbWFGbdWqrjuhqyH7EVMvCkhPQzXnO1hVXDMXXW3K7EncucH2BlKCuEje"
    "4I+Uqb0IGMKO40cslHsPTAJ/rpriIjIL8VBu8oYwRxjFpTbIF2Zcv8HBTu8OHHiLjYBVwY"
    "EnCjfbI3xDFuhbyzAcjb9Go5AkIwjBSNuDkZakUj8lJSe3hJNQZ+DyHSoN3Kp8JZB9IZva"
    "UUviiJFhZEYKgmBDTG3IaveAPPbV2y+vhPa3o8f5834Hu9h1GbKpJgO7TQa4VgYGkgBd8b"
    "uABD687wAkMJDAbdIAkMAHh7bNJPB7dXJGn3PCuVyY3tOEyRt9rKpIOTmLA6+6NyCDHX++"
    "iEJJ2MqTPCz0SMOZ3GwWjbEnR5GFQj8U4ggzF8UkrtqwlsZ71q7EJa2rJ4R3/gQI5VtsFK"
    "yKUN7oHJ+nHeDTOvd3d7Fk8vloIoyqE8AyUk8++6tt4FZgmB7+dXHe4PCvZF5V01NDmIui"
    "gPUWrF0yNoS6IAlIb0Fa3JpxuTRRoKTM7SbeFayeRvaUJuaLl6/fvn736s3r1ey8aqmaoj"
    "dn59gZM+KACqJAAh0TCQQbYHeTg2ibCnZHQhwmSh7OF36gjY2TK1ZVRExVn5ph8EjEorII"
    "ScApy5V8WcREPfIHjgL/kVtoIgydi8ZLhEU7m5JgIbqGsquMYmVXFbomf3MShqIXT4PY+C"
    "7IJQsiO7HNIHnPz/+V/cr6DEVM3IzymYisY7QQlcE2E8IRcc/QFzwVw8b2J1/kBcwQwYFH"
    "SZD2Th8nlKPe4Yf4Oeqp4UyIyN8h5k2OxsTz2fRXFvrxVXl+DYq1yBUb4Ech+nIvZlRui/"
    "e15X2+IJe6iPlhXB6GHmfUmaVPIEt5Y/GSwAa0fHq2KtiAzFhultgvCEJi3zJM7DPyKLdm"
    "NHJZNmXBczHOWwkfJDDLF+clIVQ4plAhtb8m1Zl5UViP2+ZqEOkd2U13TMsJwcZdBht35R"
    "1KjXWr2r1rU3iPW3gdyMvY3RZeEjNbTtzNfIqcGNRimHoTCYz/Jo7EyUQDa1HQgnEtEnNF"
    "oGtg23OCYNnbbNlTiqT5OTR5QfjKdsT5prjugPdd04zHpYe6xG9hCDYmf7Mb1CZUa2H8J2"
    "I//nxLPKx+xhawP+FagLfUp9pA/Nvz8+O3ZEFwBUueXLe2c+XC6suuNSnzvqRiYzYXs5QR"
    "nmGOQt+3FBudXiuwxmveNkeB7+B+wAO3eMq2KnjgbE1BU01sygILaeyxGvgxydwB0O/Wjd"
    "mvA9M2FdQu8jb2XZ7TMI/WU5LOLmcvV5rlzNTWoJz7/e3lh+FI7rPx4XIwHJ2hL37gUoa9"
    "L+I952MScER+i7AXp1Iz2WYL8SQ9G3/TMhlNhX2VXmKcxmV+OBOt+iLvPTxX5q2/rCYclZ"
    "WWCejEEYj9A+kNCPHYZZCKQeIu6pFq25ExmchkclIdIIvNPVc0ojjkPkNDlQRnPprEHxu6"
    "J0vrVzYmDo44QZ/i8PHub1foUYk6M+Lcx48WEsI3cWbyt82p50m1yX/Lh4N/0va5uMo/wd"
    "idYRyYbWWyIQvZasswW+07ThQEREzPTE+plSyuzItVEWqnpQfJkBVTIuItmySh0v6QfzI5"
    "tnGuL66uLGZfC3Wxjv3l6wZ17ImDsQlw+TrrtcQpxSo7q1nPRXP7DAJbRqEeMAY8ZLGtol"
    "9LqcSUnN1KJK7o4Do0ouyc7BGYdeSFFx5vC5gsF5VlrAviL1RVrFoRyHUk4hPvBi56iz+V"
    "Khd9kYzNmnYg7Q5GoKx6QAXSBqUDK7lTgvYQ5Rty/tGdOLhNASs5UICxAmLTILcdlKah4W"
    "egEQZVPKEwWoJoVBedEYSy6LZU1dQpi053M9GboDqr7susUCdiaINV9yZQFyQB6W1sBSRX"
    "IbnaAhUcd3L1ysfarKpqt6rICU/0gD2kO8oPABX/vFS8uK8IO3loB0kWrQHMG7JdRPuN9a"
    "q+z4blWXEGSOcFAeZqmKXBsMXQnDcgFnMyp+Sx7YxddCkfRwFvnMUvynU6je8sheWzXbzU"
    "VN2Xjs28EAxO3eCMGqOaFQFMNZjOKaPzaG5LoAxslk4cLFe15SJz2hDlRKKLwDbyc+WeMw"
    "5dYM8223xVKw+o140uxCRgGlwkooD1Fqyx4wSR8LJS4JrGzBrxLmJ+cW69bYx5OAv8aDpr"
    "4hZrRMEz5vaYep4uo1HtHGflwJfTJcax0SScFeviZNDQ2PEQe548xcHI3m1IA+JbEM+EGO"
    "bBCSBdJwfquYkv1nQNR1HwiUauZfXGzWwcI19DZanELRviqBHtMpKO5zdnInNCnUYPDjns"
    "YHUWXiw86mCj3Ro2ZU/Jze7CWYfdhb6ioAgOGqhTUNTstMPMVLEDaGV5UD9/x6YoH7SKpv"
    "aeXhsTbOuqt7JqKCnkKmiquqbLzvzmBvtkZKTWa8JkxMZFi6U2lhA2nIt7pttPkXilmPqL"
    "Msefk9wxhf+OXPGbtec7PPPz1L4Yi8AXoMz5F4QDkr0dwsmJCY9E3YzL/7s/ICw6iJHNw/"
    "V5jOooh7SVumhKQr6+EIvCOrm2GyoLQR3coQgOqBnqPQPtDNWFTxzDf2pSXZjYpE2cy7cJ"
    "ycrAViEGW4UktnoT834Q4JKthTIyBcw9yo9x2tgC+j//pT+d1ehQ4aLsCe1asYujhTFjEf"
    "bs2O1s6i4UZZ8847YM5107DRIQt3lBbE6q00n/JGTRkmHlRisvZWS2jmdgPovVSmPOTdR/"
    "uru5LquAW8sUBy11QvQ7ek7r1fufScTUlppoHFEvpIyfyef9b2//KpEYVaukiL6VJ/PlDY"
    "oqgZxMuXk83ZwMpAIgFdAGFewuFXAYfnpAPa+nIaVVu1XFRMuaClhd3FFWVRWPNmD8Vv1P"
    "ad7dGduXlie5erKvNCAqynU6JIqXpTUDMCvTafBglc8haBDDFSddX2kCpc6tRDpTiN94QO"
    "ckAektSMOilP3NzfYC60KNehnYVPYwaJ8fCdRr58EA601hALsKbKBLS6E+YbpUVdw0pUwy"
    "QqcUth+WLvWSbft2UN57hCqoS5dmhl6r6NK+5/nllbyZq1YVdYpX/ZofGiH+tZSO8g/q+D"
    "WMJAdkIT+Iz3nwo1AeM2epi6kbouppV3YyOTYuIPKUORQv/0ZLElYeLvG8TwUauMVzmVVB"
    "AwOBsUfv2NQxBpRroCxnpMYOUkbohKrp9n30RGxZGoOflwMHdVcOaoLrDnzUT+s7HZki6r"
    "qp+TFYY43fOEmrPxHZNDt/XPNLXVQz02qrnP90PGs8/8xQL3f7k9ECRRMd9ZYzx5s3LNzd"
    "lIQ1JwbVu3kY7Sl9IBouZuD7HsGsjibWtyiecS3ucVoKGdzcXOUUMhgWEf/8cXB5++Jlwe"
    "fWeXy0ael/RqTTdRqwmhUqMo4dYyA09oEymVN7TCbahYLbNsbOCALONXDGk1BXA78V5pUc"
    "oLwFZRlNNXGY0/6wxs1kZfZEGDNtDWjV0sKMEKDeHHWoyyhVBdRlQF3G7vMOIb4nzB4vG8"
    "NfEITMj6kGYA1nW3I+UJS0m6Kk4ujeAaadXxerm7N3gOvNQsLpH69nuhXagp1qVSrtirhT"
    "ElyyMFj2dFtiZi5bldthqo42ET0pgcRaRxNr0ilvvJtQTqjTSQXyoK33KA/2VwKQhTSI9F"
    "0ypo3gXgkA3GbEitsM77UEAG4AOOQoYQUXMIW7ZgqhQPlQNBVwtF2sDe/s0AeacK80IVSE"
    "76QiXDNr7ADV+isYjhTYWgsYDkMRDuLNzd7PInbfK9mhcHXd2rZTodwmzZFda6+4DTCbEr"
    "n4VX7PiLo8XggbROwMjWYEPfrBPQnida1qL0R5TI3nO/dcHXQT+I8W4r6QcALMZ8gj+IGo"
    "PgvCXPE6uvW2e3km0Jwttr5WBc05oUHJlt9VOshKgStqHgVgA+wzQgD9kwIwrt/vqjL+4i"
    "WbXR019jvddJTblPOIaEZ1JaWQFdsfts+1w9Kznd0U73LRkAjVSHdvQ6t3DehQHIZkvgg1"
    "RzKUjuGsCIzf4vh1fUYMyOWM2A6Y5XbGU20nklNMKpnkCaZiYrGNaM1NWSDXTN0aiWWkW5"
    "5TnpnMiECNvcHKhqj5iF/LnJIXeVgeWWC6I8pT/NTb6JTJ5PXwayM5J7Evp+YSzWwn5sSP"
    "hNq9jpJamNv+RO9rljjvqUCna/bE5BhGmpin3HdYS+yvqqn3t8+Xny8/9E7EfzgiIupYgs"
    "0YnjKmZAuqpRQJAAv0HtB71VPz+dn5+QEmZiOOT9iuwKzkMS8JxFSriSnKKJ8ZqbkgCnpu"
    "s56hgLncWJ1WAfMGB3QgtiLilBHO5eDq6fiK7HWrkrFIeq5ODdxeSSTrdnyhUVmdI8t5ZK"
    "GOut8Z6gvg6HRKAhSQScSJuOCjuf9AUCiE5COQBGCzUmhH99wxaXIn3BXvybRJna+0DbzJ"
    "q4u3b1a+pPyjyo28Ey7P1XYypPH5lV09u7IlE0s/cml4RfUFiuuLlVMKlt1sj9YvTWRIrn"
    "de/oEjMUVT2YwoU5+3MxMYagoL60g8YTJIb9qMR81Knc60cGA6dYb5TKcGhoOlXg2pRHEH"
    "22UYL6g/nbljIBm9rLMkAs7B8Lp/+4ueFEz7Zx2hwS+jy35x/bT8thonFrNSMPyfklhsMv"
    "cXtLapshtGRr74T80kpJrkVxtVHJXG6qYgswO1ThLyaRaVBNSZac1pfKXalq77tCaV2JU8"
    "4hMJ1nKT9kACrnUu3s9woIc2I3ISS/jF9/LV9gibhvLTuPj++wpAUxZV9CoE+2kK7CK+Vi"
    "ijFB9VA4ST7ieI7svz8xroil6l6KprhTX7Pgu1S9J+uru5LuG61iLF8I46IfodeZQfYwVS"
    "BbgSjOqkbTE/W/DO5A0Ghw4Pv/0X0OqPSg=="
)
