from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

_NOTE = """
        CREATE OR REPLACE FUNCTION note_loan_event() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM payments WHERE loan_id = NEW.loan_id AND sequence = NEW.sequence) THEN
                RAISE EXCEPTION 'a payment of the loan has the sequence %', NEW.sequence USING
                    ERRCODE = 'unique_violation', CONSTRAINT = 'loan_events_loan_id_sequence_key';
            END IF;
            IF NOT EXISTS (
                SELECT FROM audit_entries e WHERE e.event = 'LOAN_EVENT_RECORDED' AND (
                    CASE WHEN e.details ->> 'event' ~ '^[0-9]{1,18}$' THEN (e.details ->> 'event')::bigint END
                ) = NEW.id
            ) THEN
                INSERT INTO audit_entries (event, actor, user_id, loan_id, details)
                SELECT 'LOAN_EVENT_RECORDED', 'UNKNOWN', loans.user_id, loans.id, json_build_object(
                    'event', NEW.id, 'amount', NEW.amount::text, 'sequence', NEW.sequence, 'kind', NEW.kind,
                    'effective_on', NEW.effective_on, 'recorded_on', NEW.recorded_on, 'reverses', NEW.reverses,
                    'cause', NEW.cause, %s'due_again', NEW.due_again, 'reason', NEW.reason,
                    'request', NEW.request_id, 'operator', NEW.operator_id,
                    'recorded_at', NEW.recorded_at AT TIME ZONE 'UTC'
                ) FROM loans WHERE loans.id = NEW.loan_id;
            END IF;
            RETURN NULL;
        END $$;
"""
_NOTE_DETAILS = _NOTE.replace("%s", "'details', NEW.details, ")


async def upgrade(db: BaseDBAsyncClient) -> str:
    return f"""
        ALTER TABLE loan_events ADD COLUMN details TEXT CHECK (details IS JSON OBJECT),
            DROP CONSTRAINT loan_events_kind_check,
            DROP CONSTRAINT loan_events_dates_check,
            DROP CONSTRAINT loan_events_refund_check,
            DROP CONSTRAINT loan_events_due_again_kind_check;
        -- A change of the rate may be agreed up to 90 days ahead, or date back and make bills due again.
        ALTER TABLE loan_events
            ADD CONSTRAINT loan_events_kind_check CHECK (kind IN (
                'REVERSAL', 'REFUND', 'CHARGE', 'WAIVER', 'RATE_CHANGE', 'MORATORIUM', 'DUE_DATE_CHANGE', 'RESTRUCTURE', 'WRITE_OFF',
                'SETTLEMENT', 'BORROWER_NPA'
            )) NOT VALID,
            ADD CONSTRAINT loan_events_dates_check
                CHECK (effective_on <= recorded_on + CASE kind WHEN 'RATE_CHANGE' THEN 90 ELSE 0 END) NOT VALID,
            ADD CONSTRAINT loan_events_refund_check
                CHECK ((kind IN ('REFUND', 'CHARGE', 'WAIVER', 'SETTLEMENT')) = (amount IS NOT NULL)) NOT VALID,
            ADD CONSTRAINT loan_events_details_kind_check
                CHECK (details IS NULL OR kind NOT IN ('REVERSAL', 'REFUND')) NOT VALID,
            ADD CONSTRAINT loan_events_due_again_kind_check
                CHECK (kind IN ('REVERSAL', 'RATE_CHANGE') OR due_again = '{{}}') NOT VALID;
        DROP TRIGGER loan_events_append_only ON loan_events;
        CREATE TRIGGER loan_events_append_only BEFORE DELETE OR TRUNCATE OR UPDATE OF id, loan_id, sequence, kind,
            effective_on, recorded_on, recorded_at, amount, reverses, cause, details, due_again, reason, request_id,
            operator_id ON loan_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        {_NOTE_DETAILS}
        """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TRIGGER loan_events_append_only ON loan_events;
        ALTER TABLE loan_events DROP COLUMN details,
            DROP CONSTRAINT loan_events_kind_check,
            DROP CONSTRAINT loan_events_dates_check,
            DROP CONSTRAINT loan_events_refund_check,
            DROP CONSTRAINT IF EXISTS loan_events_details_kind_check,
            DROP CONSTRAINT loan_events_due_again_kind_check;
        ALTER TABLE loan_events
            ADD CONSTRAINT loan_events_kind_check CHECK (kind IN ('REVERSAL', 'REFUND')),
            ADD CONSTRAINT loan_events_dates_check CHECK (effective_on <= recorded_on),
            ADD CONSTRAINT loan_events_refund_check CHECK ((kind = 'REFUND') = (amount IS NOT NULL)),
            ADD CONSTRAINT loan_events_due_again_kind_check CHECK (kind = 'REVERSAL' OR due_again = '{}');
        CREATE TRIGGER loan_events_append_only BEFORE DELETE OR TRUNCATE OR UPDATE OF id, loan_id, sequence, kind,
            effective_on, recorded_on, recorded_at, amount, reverses, cause, due_again, reason, request_id, operator_id
            ON loan_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """ + _NOTE.replace("%s", "")


MODELS_STATE = (
    "eJztXWtz2zbW/isYfWk6w/UkTpq0fd/ZGTtxt+46dtZ2utttOzREQhLWFKgSpF3Ntv99AV4kXkCK"
    "gGmJEs+XxCLx8PIcEDg3HPx3NPdd4vGjz5wEo2/Rf0cMz4n4o3DcQiO8WKyPygMhHntxw0i0iI/g"
    "MQ8D7ITi4AR7nIhDLuFOQBch9Zk4yiLPkwd9RzSkbLo+FDH6W0Ts0J+ScBY/yM+/isOUueR3wrOf"
    "i3t7QonnFp6TuvLe8XE7XC7iY6d0es7C7+K28oZj2/G9aM7W7RfLcOazFYCyUB6dEkYCHBJ5hzCI"
    "5BvIB0zfNHup5GHXTZKnzGFcMsGRF+beeGyvj41s+/Lq1r45u7XtkQZHjs8kv+JReUzAVD7CX745"
    "Pn79+t3xy9dvv/7qzbt3X3398mvRNn7e6ql3fyYPs2YruVTM2fnfzi9v5QP5QoiJaOWBP2MMDnGC"
    "ioWxZj/+v8L/Lfm9hv2sfYl/8WJl/jO2mwSQHVhLYN3xtiCCBjZvz/4Vcznn/DdPHrj88eT6/fcn"
    "1y8+nvzry/jMMj1zcXX5t6z5mvrL9xdXpzH5a7LJHFNPh+0VAOg2oBtjd4ZxYLt0SnioGmUYDpZq"
    "5qvYkgjGy5DwwxLCqaQwLwQhg9Pzy5Prn9RSyNovfB5Og/hCo9Ofbs9OauTg0IWYG0LR281kUcSD"
    "PJ4qDw/z0J74UaAzJCnBMDwZDE8LQZnW3LsCGNGd6jZDZRu7rvgkuFZXX0OAcQPGGYuwZ1Pm+Cod"
    "8wNx6Bx7NdSXsSUBuAn4KL3IQQnjw9n7848nFy9evbGOY+4F8zQk6QQQS+XNyy/Lgwnm/NEPXHuG"
    "+UxrUCkDoavrd3UnIC4Nbe74gaKn34ge6tXas2XsZsu2//yntu3r43dvV9as/NFkv96IPn+RGaxq"
    "al0bK1THD4KWkM7JZnozfHkwSS9wlP2xf4Q3dfjzj2c3tycfPxV6/YeT2zN55rjQ47OjL95+Wez0"
    "q4ugf57ffo/kT/Tvq8uzsrq5anf775F8JhyFvs38R1vMpTlOssPZoYLEKbexE9IHxZd06vsewazG"
    "MZTHla0DAXwulTRzGm3ZOLi6uihI9PS8PFB9/nh6dv3iVWkOUX5ikhKzjyuH7OCz6ptNMBIv6F4x"
    "b5nKeU++s7RLNn5mmSF3T5Z6WnEJB/qCgb4gbk9YaD+QgMtH1aBfAQUJGEvAbNQrYUGd6LM6IWjn"
    "RmIuAEHGfZOxDChO7nNBLXlgjJ37Ryys2coZ/9iva1s9NT+el49ghqexkCSb8jlz8dX3M8xii0cZ"
    "fU3PWptisLYTN2wXih1dMYIesBcR5E8QRgsxHfgMhTMcokfMUUAWHnaIi/xA/D33H4j7f/GjIzpB"
    "MkRL4mbMZ+RoVOovXV8bgsN7GhyeZBy3VU5WAAgIGOgkvrhN/NnpUF4AgSZooAnGo66RHlhAgvXb"
    "F5WhjfUbT7i6s0sOZOSl7Z18tzbLVJS1oiSqYvjODwidsr+TJCfgXDw3Zo5qkCvlue2ZCP7M+lh2"
    "dN1/A/y40ojyXU+8u3hjknjzrsWHcH3+XnC8G/X3JHJpeMbCYKlSf3NnG9VfLNvZwqYOaEv9F1IR"
    "93IcaNI2Z6J/CNJMZuISFKbifZqKyQNhCok3ZEVmALAyTNIynNDXy/jKAEC3Kd3ammYedUAJAVuZ"
    "YXas5APz0iuxkBQZdPwSECRgKgHPx0yb/RwImDdlfoGXcxmh1SW/iAP+TfkPiHh5rua/XsspokDV"
    "2Y8U66FT7pIQU09B+Q83V5dqynOQsp1MnRD9gTzK99GZ2UC9JKOZ+jLLVtHKlReoUG+wqgxWk5mt"
    "XupJrP8qVU5HClfn6pzV5OjM1Ftwcg7UyQlLgLc6P251eXvPtO+tr2fc7RKkoXd1WDYByyb60vcP"
    "LFrVE/XzmkzEe8xu/XvCRgoVtHC+UQ0NkpZCfxRNQRcdqC46wXPqLasS+Pz5/ENNfucKUZJBFFH3"
    "SOL2cLBq4DWek18no01+HInftDgbxJ9SjerT5BIo4sAtUFZ+2hY1Ib8vqDhtss6jgDzA2XhPZt9W"
    "q3kCPzRUuopIWM/TaymTBzEsGkm5gAQp91nKPHIcwrkqG6lpxizADCfM/ZHqc82XYL3WSuPArNe8"
    "1BMF3h6TKWYGolfAQf77JH/Iy9p1dgrkJA5y3VHPJNDdsiPV6NIBrflw+mFSWxpRe7Wq60bI6px9"
    "h6kXBWSkcDUXG1hNvmYumtqU2ZOksUZ5A4kgLpIX+AtlcS0ChrDj+BELZe2BSeDP40NJEpmFeCiL"
    "vCHMEUZJqg3yxTSuLnDQ6dXBB97jScBq8IGnAjerEV7BgvvWMjRHk6/RyCTJAcEY6bsx0pNQ6qc0"
    "5eSacBKqJrhig8YJbpW+Esi2EE0d6EziiJ5hNI2UgDCHmM4hq+oBRe6byy+vQNur6PHyeb+DLqou"
    "QzTVpGP3aQJuFYGBIMBQ9C5wAu9edwAnMDiB+yQBcALvnNo+O4HfxztnnHBOOJcL00cKM7nSxmqy"
    "lNO9OPCquYYz2PHniyiUDlu5k4eFHmk4k8Vm0Rh7shdZKPRDAUeYuShx4sYFa2lSs3YFl25dtUO4"
    "8zuAKd/jScFqMOWN9vF52gY+vVN/u7Ml089HYWE07QCWQz1576++kdvAYbb51/FLjc2/0nE1Hp40"
    "aS5DgesNXLtkbEh1CQlMb2BaXJpxuTRRsBRPt1W+G7x6CuwhDczHr968e/P167dvVqPz6kjTEF0d"
    "nRNlzMgHVIKCE2ifnEBQAHuYPoi+iaA7J8RurOTz+cIPlLZxesZqsohp3KalGXwrbFGZhCTolOlK"
    "vkxioh75gqPAf+QWmoiJzkXjJcLiOJuSYCGahrKptGJl09h0TX9zEoaiFc+M2OQqyCULIhuxqpG8"
    "5fv/wn5hJwxFTFyM8pmwrBO2EJXGNhPgiLhH6A5PRbex/cmdPIEZIjjwKAmy1tnthHDiZ/g2uU98"
    "13AmIPI9xLjJ0Zh4Ppv+wkI/OSv3r0GJFHnsDfCjEN3dixGV2+J5bXmdO+RSFzE/TNLD0OOMOrPs"
    "DmQpLyweErwBPR+erQZvQK4v6wX2S0AI7FuGgX1GHmVpRiOVpYoFzcU4biV0kMAsXlxEgqmwT6ZC"
    "Nv+aZGcWobAet8/ZIFI7snUrphVAULjLoHBXUaFUzG5N1buq4C2W8NqRltFdCS/JmS0Hbj2dogCD"
    "XAxTbSKl8T/EkTyZSGANBSkY5yIxVxi6BnN7AQgze59n9sxFor8PTREIX1lHPt+M1w78vms3437J"
    "oa3jt9QFtZ2/+QK1qau11P9T2Hd/vyYejl9jA9mfcCvCe6pTVRj/8/n949dkQXCDlzw9b232lYtZ"
    "XzZt6TI/ka7YxJuLWeYRnmGOQt+3Ym90dq7kNV77bQsu8A6uB37gHg/ZVoMfOJ9ToCuJKha8kMYa"
    "q4Eek44dQH23asx2FZi+iaB1krex7vKcE/PtekhSzcv5043Tcm5o00jnfn999uH8VtbZ+HB2en57"
    "hO78wKUMe3fiOedjEnBEfouwl4RSc9FmC/E0PJt80zIYTcX8KrXEJIzL/HAmjqqTvLdwXxm3vlsN"
    "OHFUWgagU0Ug0Q+kNiDgicogBYPEVeJbxmVHxmQig8lpdoBMNvdccRAlJvcROo+D4MxHk+RjQ/dk"
    "af3CxsTBESfoU2I+3vzjAj3GUGdGnPvk1gIhdBNnJt9tTj1Pik3+LW8O+knfx+Im/QRjd4ZxYFbK"
    "pIKFaLVlGK32HScKAiKGZ6Z2qdUsrizCmhxqhyUH6SErh0TEU+oEobL2EH8y2bZxrk6ubkxmX4OG"
    "mMf+6o1GHnuqYFQJrl9nvUYckq3SWc56wZrbphHYMxfqDm3AXSbbxu7XWldi5pzd6EhcuYPbuBFl"
    "47RGYF6RF1p4UhYwXS4q01gXxF/EWbHxikCuciI+8Wqgovf4U2lS0Rdp32w5D2TNYRKoyx6IDWmD"
    "1IEV7pCo3UX6hhx/VDsObhLACgcCMBZAMjXIsoNyatD8DBRgEMUTEqMliUZ50TkgpEX3JaumTVp0"
    "Vs1EPQW1WXVfNwsNwoY2WHVvQnUJCUxv8lZAcBWCqz0QwX4HVy98rIyqxsetJueEJ1pADemB+gfA"
    "Ff+8rnhxXWF28tAO0iiaBs0V7BDZfmu9bq+zYblXnAHTRSDQ3EyznDBs0TXnGo7FAuaQNLbOvIsu"
    "5eMo4NpR/DJu0GF8ZylmPtvFS0XWfW3fLIKgc6o6Z6TNah4CnCo4nVNG59HclkQZzFkqOMxczTMX"
    "mVNNllPEEInV0nNlzRmHLrBnmxVfVeKB9bbWhRgETI2LFApcb+AaO04QCS0rI07XZlbAh8j58Uvr"
    "nTbn4Szwo+lMRy1WQEEz5vaYep4qotGsHOdxoMupAuPYaBDOw4Y4GGhOdjzEnid3cTCa7ypoYHwD"
    "4zkTw9w4AabbxEA9N9XFdNdwlIFPnOR6lm+sN8cx8nsYz1Tikpo8KqBDZtLxfH1PZAE0ZPY8Oa3H"
    "ipOOh7wAOpi9QTtTsZIMJs15aA3azRT0XOR2Pf/I+SMte6MXfCjhhvzVC/0yjBQe8vpFhGvE9pYR"
    "jk7e357/eDbaPmXPspRwEfhu5CiGhXrWcxAj2venkz4L43whhkzV4sKGfr6GAOMGjBPx2kqXeq0y"
    "kYdsT5V4tT+qBGxCXUP14WbP48XCow42qqZVxR6SG3QIe1EPl/qGhG/YCKpNwrfebtS5oaIDamX6"
    "9knxiros7zTLuS3H1QG2d9n1eTHUJNqXJNWcc2/n3lmjjlkOtV6zL90ZXByxkp2n5ALLuNAXZY4/"
    "J4Vdo/8TueIVkWybVA8lspaXuKMTrnbGQthxyCJUVBLY+hPEtc2EySaIm/M7hAMSA4SawmUdMZzu"
    "evVI4vtx+b/7LcKigej9PFzvqR1vx5UdpS6akpCvTyRQqHXQ98nMQrCWYVdOQsj7Hj2DMQorRJ7Y"
    "h7/RWSGSzlI63qs8Bsq9Gfiv0rm6yvlJEOCa8pA5TIlzj/J9HDY2kP7zr8pwlx0rUlXmbsTX7NXn"
    "bJWwB1R57PXxu7erEVf+aBpsb8TwcKHYgJyxCHt2opnqqgtl7JNH3J7x3HlkURDh6i9qKqAGnbiZ"
    "mixKh1n9pFVEQdTFKLIY25xV1n+4ubqsDS2uMOVOS50Q/YGec/Ya/f8kYnFZdDSOqBdSxo/k/f66"
    "g2Cv5KhZJGX2raLDX16gB8FeM0E4OHB3QPpzRtjtBxKoNef6gl9VJMQiIRYJsUg0uidLO/Z3asfB"
    "ysgD0u0hDHnI1EMYcqthyNU40QGxsmV2qf0aWdpyWx5VexV8PKWeN1JEHOPjVlOYUS5ogNJeAw2H"
    "6S5A2MHagz0K02Rrg1x1lKbWk1XGDdqXldSE0SMwjxk0eVBiYxf+a8NyD0Mv8wDrjHvJdG4VvHaH"
    "LiCB6Q1MQ0WI5+fYmeFgShQWbvOa0DUKFoW2qi61wCpLrl1mUoYFqtuVTzPgugoGspvIvmf+I7Pl"
    "tse6IZcisoOQSz/dZX2PsGScNIdYYllFLKSKtaptxLyCgpz7LGcIoNaK+YADqHFeua5/OQc6JB/n"
    "boN3XrrBSAcL3fZQBG0DTLmu16vY0onn+fVr2nJnraY4E16109/eVvy1lF4F0dYPxE/pMLeQHyQ7"
    "0vqRaMXEFeTJzKiIl42ttN5kyZhcGMb8ECWFKtGShI3b4D7vXSFm1uOxzGqImYG3V0tZfJqta2rm"
    "AsutjVwwfw7d/JEzj7YinANB/qBp/mCqQWiTX8SBIdKVIZLy2oEt8ml9pT0TRFtzpNgHW6QTjtNc"
    "sycym6Ws7df40pbV3LDaKyMv688KCy/X1evNu7S3QCbhQK0i8UCMY6e2clr98qsqElbQG6zBKtJo"
    "T+kDUfjcTn3fI5i1kcT6EiV5jMU1Dksgp1dXFwWBnJ6XGf/88fTs+sWrkm2l0vio7kLmHGTQyYtQ"
    "mwfSFPedY3BcbYNlMqf2mEyUZU82bdWYAwLPLXjGk1C18m4jzSscsLyB5V3U7u6Z9dz1SpyAOH6g"
    "X1KmBBvyThWLgNQ6y5pKaeRRW6ymcX324fP7M/vs4/lo+/Q9iz0He9lAVvh+02vLTAqtzW7KOKhJ"
    "ZVpJUYf1NQL41ud7tb1VlfKG2pUF1BarV/ap/pdQ2yolLQMiK0EZKG4F2JAVNxmb0fn6s/bw7ZuM"
    "tRMSqE23puE2BwLWjTRjyOaHbH7I5t9WFtPcfxAfjVzSpi2ACvSAvFVblkKI7wmzx0ttGZSAIAFT"
    "CUA1wL7k8cGCom4WFJV7dwecQoVFxZjdAa9XC0mnv7/2wUZqS/NUC3rX2kUHBLfP6N1Tfiu6WK8S"
    "UOVYfPZQk4K6Pmlt3DKPPEAe6nDzUPdmI+w9iqbfi/fQ8XBl7SGP18C7RSYT4oT0gWi6wMu4QaeS"
    "9iL/40Ao1HezlqDgZ90nP+uus7D7qVx3lhqRRioVaRG1+kkeckDOu+62x8HCKNfRT1YAiL4Z5DuQ"
    "EFNPK60nBwHGIcNk1xkmW86P6pvusv0kCdicche8O1IlU4zTjUtA16AtLvrMvFR7u+gTchN2FpP1"
    "07CINv0lIIgAYrP9jc36ueDf9uKI+8pt6dPuV5iLuFMSnLEwWI5Uga7caasx1BU3tIloSQlEuwYa"
    "7ZK+P20vdwE0aB93T2It+2OoqDh80FwjugKANW3kfhurVoU2Od/GyhWhQPdTVuE2OJfrluAC4W0I"
    "33X4aY/4N1uaC4tnBhjUhQrAu/JPgWtwt9TH2qa2APIo6PumAthh9evB8g+O2a06ZqHmdSc1rxWj"
    "RgesHvyKDu0S7espsaOBYLUo4zAJrqgQvYolyFFDvOX7WcTuR4pgQuG81RRNGCctbUc2bb0/V4DZ"
    "lMitsiRNiLo82TYriNgRup0R9OgH9yRIdsGSd+CIhqKtcy//4CjwHy3EfYFwAsxnyCP4gcRtFoS5"
    "4nFUu3Nt5Z4QD+mxhmM1xEMmNKjJNGqSQR4F9pa5vYUNuM+BgPonmbrcdiOdZW8FzCFx31lieTx/"
    "2JTziCh6daPfLA/bHrfPVR+ya2KzkvJ2siemprdfgR5eOc6vNXz+OAzJfKHKBa3tw3kI9N9y/3V9"
    "RgwiKDkYbJjY5w0TJ5iKgcU28t1XseDANFVrJJeRapOH+vB7DgKLBgwWa0T6PX6NOSQtcre+esFp"
    "R25l8arX0SE77Nfdr4/OOcl9vWsulcxmx5x4SUjyHahTC3Pbn6h1zRrlPQMMOrlXDI5hpLVOeY3Y"
    "4s4l//h89vnsw+hA9Ic9ckTti7GZ0FPnKdnAaq2LBIgF9x6495qH5pdHL1/uYGA28vGJuSswy+st"
    "IsEx1WvHFGWUz4zEXIKCnPssZ8jSr5+sDitLv+ID2pG3IuKUEc5l5xqp/BX581ajxyJtaWdG5uZM"
    "Ipm34wuJyuwcmc4jE3Xi6x2hE0EcnU5JgAIyiTgRJ3wkCxmjUIDkLZAkoJop1NE1O3aa3Ah1xXuy"
    "26TNV9oHv8nr43dvV7qk/NGkRt4IlediszMk61VtfSFZ+8G5QnoysJxELg0vqDpBcX2ycUjBspnt"
    "0fapiQzJwgjLLzgSQzSNi5FRFn/ezkxwqEgsbIN4wmCQXVTPj5pHHc6wsGN36gzzmUoMDAc1pfQy"
    "RLkk1jJMKm8czthxKj16eWVJGJyn55cn1z+pnYJZ+7widPrT7dlJuUiA/Lb0V2HlUND9nxJY1Bn7"
    "S1KriuyKkVtf/NMyCBkP8quKNnslsbYhyHxHbROEfJqq7vv33wsbSDWhrs41q+iilT0TzVpOp1KX"
    "ls2lHi1nRIlHOIz/JsxNMvAzvT9WoI/QXeD74R2iPEnFT5FhQEimjccOarXi/pw3gzBojwcu0Pw7"
    "DoJ64pNRbetVHwRdI6B+iWkAVDdMt90w0h5l4MtxXU9XzxCgq5vq6rNUf9Cwj1IEcG7K+SIae6aB"
    "nTIWfP7g829lSMj123WGxOpcoyERJ7kbGhI41sm/4Il/DeFJGC/bFUq+XG6NHmk4E22yvdma7QSD"
    "a4EZsKdmAGzw172aBVP+Lqd8zeq9JdywzVuortaTBStQXKqb4lK7UQU/Bb4bOeGPJODJm1cUwlKL"
    "RrVwkbRtXUfmIbloosml4CN0t/A96lDCY8eudOL+cHN1aSHMU30P3ROykGdUdWI6uaZCSfw5IUac"
    "TO8w+hX0xr6MT016Yya2tn7QrD14QQ28oA/rYaKljp5DHNKk3JmKvt5yYBL4cx2FsYoctMqYzQA6"
    "Y0EeA+OBWRl9yGcehG+zN3uz9Wx1Qi+MtN1sI9YzSbS11fq8i5iUE3bSnlWy1FbnrCYb7Z4s7QnW"
    "MNLk4mgiq81KY4mG6FH+Fy+ClGZVYmDdoZm0pDwPZTOmhcYk3m4biU7E43QcR7z9FxzFRRdXZtoc"
    "L6Xznk0Vnv4t3xsiAz0e3KwGC090BDGBYc9m0Xysl/SigIKeZ6Dnpd+iJvUZBCiHDZN6t2FS7LIN"
    "SaCwuZsjDBkG3BlNJQICdVZnqwIBGXaIffit9bp1F05UJc04YwE0aI/RA/aoa4vxkiq2+qgnsAQb"
    "NIWMhLZL+TgKuHY9kAp2iJ+71pSFFwrlt1kfWKh03kEw+40GsWtXusG0VQUD3c10+5MJdUhg64bu"
    "yjiwKwzsiozEhaDOiP0VEOh/Av1kjlVqx2b6V0Cg34B+cWvGJ4IhSUeF/VPf9whmagGUoeUUSYE9"
    "LAGcXl1dFARwel5m+PPH07PrF69KI3/VLHQ86a9VxGZPggDXpKLmMCWqPcr30dbe0Nd//hWCqxBc"
    "HYk+rx9YzYEOyS2126iqJLUqBu2I6uf0Mnsmgrbh1FzX61Uo9YQE1JmNVNWJkjNWY2midZveVGYf"
    "Srjxic7o+kBibfbi+xkOdNMX91PfFt/L77ZH2DSUn8bxV181EJqp26JVaTrMNPHj5FzZS7XQYTht"
    "foDsvnr5sgW7olUtu/G5klLos1C5za9MeK/RBteQsipInRD9gQ5Pn5ZkNNuOZTOxpMjJC5zuutre"
    "n/8DkQpvSg=="
)
