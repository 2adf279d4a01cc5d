from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# Other migrations add values to these checks too: each is made of what the database has.
_CHECKS = """
        DO $$
        DECLARE
            one record;
            defined text;
        BEGIN
            FOR one IN SELECT * FROM (VALUES
                ('loans', 'loans_status_check', 'ARRAY[', 'ARRAY[''WRITTEN_OFF''::text, '),
                ('ledger_entries', 'ledger_entries_event_check', 'ARRAY[', 'ARRAY[''WRITE_OFF''::text, '),
                ('ledger_entries', 'ledger_entries_debit_check', 'ARRAY[',
                    'ARRAY[''WRITTEN_OFF''::text, ''RECOVERY_INCOME''::text, '),
                ('ledger_entries', 'ledger_entries_credit_check', 'ARRAY[',
                    'ARRAY[''WRITTEN_OFF''::text, ''RECOVERY_INCOME''::text, '),
                ('ledger_entries', 'ledger_entries_refund_check', '(event_id IS NOT NULL)',
                    '((event_id IS NOT NULL) AND (event <> ''WRITE_OFF''::text))'),
                ('payments', 'payments_parts_check', 'PARTS', 'MORE')
            ) AS checks (of_table, name, old, new) LOOP
                defined := (
                    SELECT replace(pg_get_constraintdef(oid), ' NOT VALID', '') FROM pg_constraint
                    WHERE conname = one.name
                );
                EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', one.of_table, one.name);
                EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I ', one.of_table, one.name)
                    || replace(defined, OLD, NEW) || ' NOT VALID';
            END LOOP;
            EXECUTE replace(pg_get_functiondef('note_payment'::regproc), FACT);
        END $$;
"""
_FACT = "'''credit'', NEW.credit::text,'"
_MORE = "'''credit'', NEW.credit::text, ''recovery'', NEW.recovery::text, ''written_off'', NEW.written_off::text,'"


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE payments ADD COLUMN recovery NUMERIC(14,2) NOT NULL DEFAULT 0,
            ADD COLUMN written_off NUMERIC(14,2) NOT NULL DEFAULT 0;
        ALTER TABLE payments
            ADD CONSTRAINT payments_recovery_check CHECK (recovery >= 0 AND recovery <> 'NaN') NOT VALID,
            ADD CONSTRAINT payments_written_off_check CHECK (written_off >= 0 AND written_off <> 'NaN') NOT VALID;
        """ + _CHECKS.replace("OLD, NEW", "one.old, one.new").replace("PARTS", " = amount").replace(
        "MORE", " + recovery = amount"
    ).replace("FACT", f"{_FACT}, {_MORE}")


async def downgrade(db: BaseDBAsyncClient) -> str:
    return (
        _CHECKS.replace("OLD, NEW", "one.new, one.old")
        .replace("PARTS", ")")
        .replace("MORE", " + recovery)")
        .replace("FACT", f"{_MORE}, {_FACT}")
        + """
        ALTER TABLE payments DROP COLUMN recovery, DROP COLUMN written_off;
        """
    )


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
    "ZVJJ0fEfSLDU7Nt5GHTups79GNAwJMz2JxNNjktIoLmJ5qS6p87osUbAuKE/bqy2aatS3lCDtYDa"
    "YhXWPtWxE+ZHpTRrQGRFMwMDpAAbsgEiY4w6X3/WHr59E51hQgK1C6JpuM2BgHUjCw9WpdT4g2BV"
    "CqxK6Twbby4sHDdemqktgAr0gLyuW5ZCiO+FDTReasugBAQJmEoAqlr2JR8VFsZ1szCu3Ls74BQq"
    "hSrG7A54vVpIOv39tQ82Uluap1rQu9YuOiC4fWb6nvJb0cV6lUgtx+Kzh5pU6vVJa+PWj+QB8qmH"
    "m0+9Nxu671FWyL14Dx0PV9Ye8tENvFtkMiFOSB+Ipgu8jBt0SnQv8pgOhEJ9N2sJCn7WffKz7no1"
    "QT+V6w7D83GkUpHeU6uf5CEH5LzrbpsnLIxyHf1kBYDom0G+Awkx9bTS03IQYBwyTHadYbLl/Ki+"
    "6S7bT5KATVZ3wbsjVTLFON24lHkN2uLi5cxLtbeLlyE3YWcxWT8Ni2jTXwKCCCA229/YrJ8L/m0v"
    "jriv3JY+7X6FuYg7JcEZC4PlSBXoyp22GkNdcUObiJaUQLRroNEu6fvT9nIXQIP2cfck1rI/hoqK"
    "wwfNtc4rAFjTRu63sWp1c5Pzbaxc2Qx0P2U1eYNzuW4pORDehvBdh5/2iH+zJeaweGaAQV2oZL0r"
    "/xS4BndLfaxtagsgj4K+byqAHVZxHyz/4JjdqmMWard3UrtdMWp0wOrBr+jQ3mpgPSV2NBCsFmUc"
    "JsEVFaJXsQQ5aoi3fD+L2P1IEUwonLeaognjpKXtyKat95kLMJsSueWbpAlRlyfbvwURO0K3M4Ie"
    "/eCeBMlubvIOHNFQtHXu5R8cBf6jhbgvEE6A+Qx5BD+QuM2CMFc8jmqXua3cE+IhPdZwrIZ4yIQG"
    "NZlGTTLIo8DeMre3sAH3ORBQ/yRTl9tupLPsrYA5JO47SyyP5w+bch4RRa9u9JvlYdvj9rlqFHZN"
    "bLY1gp3s7arp7Vegh1cS8msNnz8OQzJfqHJBa/twHgL9t9x/XZ8RgwhKDgYbf/Z5488JpmJgsY18"
    "91UsODBN1RrJZaTarKQ+/J6DwKIBg8UakX6PX2MOSYvcra9ecNqRW1m86nV0yA77dffro3NOcl/v"
    "mksls9kxJ14SknwH6tTC3PZVJfNr01NXgEEn94rBMYy01imvEVvcgecfn88+n30YHYj+sEeOqH0x"
    "NhN66jwlG1itdZEAseDeA/de89D88ujlyx0MzEY+PjF3BWZ5vUUkOKZ67ZiijPKZkZhLUJBzn+UM"
    "Wfr1k9VhZelXfEA78lZEnDLCuexcI5W/In/eavRYpC3tzMjcnEkk83Z8IVGZnSPTeWSiTny9I3Qi"
    "iKPTKQlQQCYRJ+KEj2QhYxQKkLwFkgRUM4U6umbHTpMboa54T3abtPlK++A3eX387u1Kl5Q/mtTI"
    "G6HyXGx2hmS9qq0vJGs/OFdITwaWk8il4QVVJyiuTzYOKVg2sz3aPjWRIVkYYfkFR2KIpnExMsri"
    "z9uZCQ4ViYVtEE8YDLKL6vlR86jDGRZ27E6dYT5TiYHhoKaUXoYol8RahknljcMZO06lRy+vLAmD"
    "8/T88uT6J7VTMGufV4ROf7o9OykXCZDflv4qrBwKuv9TAos6Y39JalWRXTFy64t/WgYh40F+VdFm"
    "ryTWNgSZ76htgpBPU9V9//57YQOpJtTVuWYVXbSyZ6JZy+lU6tKyudSj5Ywo8QiH8d+EuUkGfqb3"
    "xwr0EboLfD+8Q5QnqfgpMgwIybTx2EGtVtyf82YQBu3xwAWaf8dBUE98MqptveqDoGsE1C8xDYDq"
    "hum2G0baowx8Oa7r6eoZAnR1U119luoPGvZRigDOTTlfRGPPNLBTxoLPH3z+rQwJuX67zpBYnWs0"
    "JOIkd0NDAsc6+Rc88a8hPAnjZbtCyZfLrdEjDWeiTbY3W7OdYHAtMAP21AyADf66V7Ngyt/llK9Z"
    "vbeEG7Z5C9XVerJgBYpLdVNcajeq4KfAdyMn/JEEPHnzikJYatGoFi6Stq3ryDwkF000uRR8hO4W"
    "vkcdSnjs2JVO3B9uri4thHmq76F7QhbyjKpOTCfXVCiJPyfEiJPpHUa/gt7Yl/GpSW/MxNbWD5q1"
    "By+ogRf0YT1MtNTRc4hDmpQ7U9HXWw5MAn+uozBWkYNWGbMZQGcsyGNgPDArow/5zIPwbfZmb7ae"
    "rU7ohZG2m23EeiaJtrZan3cRk3LCTtqzSpba6pzVZKPdk6U9wRpGmlwcTWS1WWks0RA9yv/iRZDS"
    "rEoMrDs0k5aU56FsxrTQmMTbbSPRiXicjuOIt/+Co7jo4spMm+OldN6zqcLTv+V7Q2Sgx4Ob1WDh"
    "iY4gJjDs2Syaj/WSXhRQ0PMM9Lz0W9SkPoMA5bBhUu82TIpdtiEJFDZ3c4Qhw4A7o6lEQKDO6mxV"
    "ICDDDrEPv7Vet+7CiaqkGWcsgAbtMXrAHnVtMV5SxVYf9QSWYIOmkJHQdikfRwHXrgdSwQ7xc9ea"
    "svBCofw26wMLlc47CGa/0SB27Uo3mLaqYKC7mW5/MqEOCWzd0F0ZB3aFgV2RkbgQ1BmxvwIC/U+g"
    "n8yxSu3YTP8KCPQb0C9uzfhEMCTpqLB/6vsewUwtgDK0nCIpsIclgNOrq4uCAE7Pywx//nh6dv3i"
    "VWnkr5qFjif9tYrY7EkQ4JpU1BymRLVH+T7a2hv6+s+/QnAVgqsj0ef1A6s50CG5pXYbVZWkVsWg"
    "HVH9nF5mz0TQNpya63q9CqWekIA6s5GqOlFyxmosTbRu05vK7EMJNz7RGV0fSKzNXnw/w4Fu+uJ+"
    "6tvie/nd9gibhvLTOP7qqwZCM3VbtCpNh5kmfpycK3upFjoMp80PkN1XL1+2YFe0qmU3PldSCn0W"
    "Krf5lQnvNdrgGlJWBakToj/Q4enTkoxm27FsJpYUOXmB011X2/vzf1FnUvc="
)
