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
                ('ledger_entries_event_check', 'ARRAY[', 'ARRAY[''RESTRUCTURE''::text, '),
                ('ledger_entries_refund_check', '(event_id IS NOT NULL)',
                    '(event_id IS NOT NULL) AND (event <> ''RESTRUCTURE''::text)')
            ) AS checks (name, old, new) LOOP
                defined := (
                    SELECT replace(pg_get_constraintdef(oid), ' NOT VALID', '') FROM pg_constraint
                    WHERE conname = one.name
                );
                EXECUTE format('ALTER TABLE ledger_entries DROP CONSTRAINT %I', one.name);
                EXECUTE format('ALTER TABLE ledger_entries ADD CONSTRAINT %I ', one.name)
                    || replace(defined, OLD, NEW) || ' NOT VALID';
            END LOOP;
        END $$;
"""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE bills ADD COLUMN deferred_share NUMERIC(14,2) NOT NULL DEFAULT 0,
            ADD COLUMN deferred NUMERIC(14,2) NOT NULL DEFAULT 0,
            ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT false;
        ALTER TABLE bills
            ADD CONSTRAINT bills_deferred_share_check CHECK (deferred_share BETWEEN 0 AND interest) NOT VALID,
            ADD CONSTRAINT bills_deferred_check CHECK (deferred >= 0 AND deferred <> 'NaN') NOT VALID;

        -- A moratorium and a restructuring make the term longer, and interest may become principal. A loan that owes
        -- only charges or set-aside interest is open.
        ALTER TABLE loans DROP CONSTRAINT loans_last_cycle_check,
            DROP CONSTRAINT loans_check1,
            DROP CONSTRAINT loans_check4;
        ALTER TABLE loans
            ADD CONSTRAINT loans_last_cycle_check CHECK (last_cycle >= 1) NOT VALID,
            ADD CONSTRAINT loans_check1 CHECK (principal_balance >= 0 AND principal_balance <> 'NaN') NOT VALID,
            ADD CONSTRAINT loans_check4 CHECK (
                (closed_on IS NOT NULL) = (principal_balance = 0 AND interest_due = 0 AND accrued_interest = 0)
                OR (closed_on IS NULL AND special IS NOT NULL)
            ) NOT VALID;
        """ + _CHECKS.replace("OLD, NEW", "one.old, one.new")


async def downgrade(db: BaseDBAsyncClient) -> str:
    return (
        """
        DO $$
        BEGIN
            IF EXISTS (SELECT FROM loan_events WHERE kind IN ('MORATORIUM', 'RESTRUCTURE')) THEN
                RAISE EXCEPTION 'the book has moratoria or restructurings, which the version before cannot read';
            END IF;
        END $$;
        """
        + _CHECKS.replace("OLD, NEW", "one.new, one.old")
        + """
        ALTER TABLE loans DROP CONSTRAINT loans_last_cycle_check,
            DROP CONSTRAINT loans_check1,
            DROP CONSTRAINT loans_check4;
        ALTER TABLE loans
            ADD CONSTRAINT loans_last_cycle_check
                CHECK (last_cycle >= 1 AND (last_cycle <= loan_term OR special IS NOT NULL)) NOT VALID,
            ADD CONSTRAINT loans_check1 CHECK (principal_balance BETWEEN 0 AND amount) NOT VALID,
            ADD CONSTRAINT loans_check4 CHECK (
                (closed_on IS NOT NULL) = (principal_balance = 0 AND interest_due = 0 AND accrued_interest = 0)
            ) NOT VALID;
        ALTER TABLE bills DROP COLUMN deferred_share, DROP COLUMN deferred, DROP COLUMN withdrawn;
        """
    )


MODELS_STATE = (
    "eJztXW1z2za2/isYfWk7o/UkTpq0vXfujJ24u+46cdZ2erfbdmiIhCysKVAlSLuabf/7AiAp8QWk"
    "CJiWKPF8SSwSD1+eAwLnDQf/Gc0Dj/j86DMn4eg79J8Rw3Mi/igcH6MRXizWR+WBCE981TAWLdQR"
    "POFRiN1IHJxinxNxyCPcDekiogETR1ns+/Jg4IqGlN2tD8WM/hYTJwruSDRTD/Lzr+IwZR75nfDs"
    "5+LemVLie4XnpJ68tzruRMuFOnZK785Z9L1qK284cdzAj+ds3X6xjGYBWwEoi+TRO8JIiCMi7xCF"
    "sXwD+YDpm2YvlTzsuknylDmMR6Y49qPcG0+c9bGR43y8vHGuz24cZ2TAkRswya94VK4IuJOP8Jdv"
    "j49fvXp7/OLVm2++fv327dffvPhGtFXPWz319s/kYdZsJZdSnJ3/9fzjjXygQAgxEa088KfC4Agn"
    "KCWMNfvq/wr/N+T3Gvaz9iX+xYuV+c/YbhJAdmAtgXXH24IIGti8Ofun4nLO+W++PPDxx5Ord387"
    "ufryw8k/v1JnlumZi8uPf82ar6n/+O7i8lSRvyabzDH1TdheAYBuC7ox9mYYh45H7wiPdKMMw+FS"
    "z3wVWxLBZBkRflhCOJUU5oUgZHB6/vHk6ie9FLL2i4BHd6G60Oj0p5uzkxo5uHQh5oZI9HY7WRTx"
    "II+nysPHPHKmQRyaDElaMAxPFsPTQlBmNPeuAFZ0p7rNUNnGnic+CW7U1dcQYNyCccZi7DuUuYFO"
    "x3xPXDrHfg31ZWxJAF4CPkovclDCeH/27vzDycWXL1+PjxX3gnkakXQCUFJ5/eKr8mCCOX8MQs+Z"
    "YT4zGlTKQOjq5l3dDYlHI4e7Qajp6deih/q19mwZu9my7T//qW376vjtm5U1K3802a/Xos9fZAar"
    "nlrPwRrV8b2gJaJzspneDF8eTNILHGV/7B/hTR3+/MPZ9c3Jh0+FXv/+5OZMnjku9Pjs6Jdvvip2"
    "+tVF0P+f3/wNyZ/oX5cfz8rq5qrdzb9G8plwHAUOCx4dMZfmOMkOZ4cKEqfcwW5EHzRf0mkQ+ASz"
    "GsdQHle2DgTwuVTSzGm0ZePg8vKiINHT8/JA9fnD6dnVly9Lc4j2E5OU2H1cOWQHn1XfbIKReEHv"
    "kvnLVM578p2lXbLxM8sMuXuyNNOKSzjQFyz0BXF7wiLngYRcPqoB/RooSMBaAnajXgkL6kSf1QlB"
    "O7cScwEIMu6bjGVAcXqfC2rJAxPs3j9iYc1WzgTHQV3b6qn58bx8BDN8p4Qk2ZTPmYuvvpthpiwe"
    "bfQ1PTveFIN1XNWwXSh2dMkIesB+TFAwRRgtxHQQMBTNcIQeMUchWfjYJR4KQvH3PHgg3v+oR0d0"
    "imSIlqhmLGDkaFTqL11fG4LDexocnmYct1VOVgAICFjoJIG4jfrsTCgvgEATtNAE1ahrpQcWkGD9"
    "9kVlaGP9qgnXdHbJgay8tL2T79ZmmYqyVpREVQzfByGhd+zvJMkJOBfPjZmrG+RKeW57JoI/sz6W"
    "HV333xA/rjSifNcT7y7emCTevCvxIVydvxMc70b9PYk9Gp2xKFzq1N/c2Ub1F8t2jrCpQ9pS/4VU"
    "xL0cB5q0zZnoH4I0m5m4BIWpeJ+mYvJAmEbiDVmRGQCsDJu0DDcKzDK+MgDQbUu3saaZRx1QQsBW"
    "ZpgdK/nAvPRKLCRFFh2/BAQJ2ErADzAzZj8HAuZtmV/g5VxGaE3JL+KAf1v+QyJenuv5r9dyiihQ"
    "dfYjxXrolHskwtTXUP7D9eVHPeU5SNlOpm6E/kA+5fvozGygXpLRTH2Z5XHRypUXqFBvsaoMVpPZ"
    "rV7qSaz/MlVORxpX5+rcuMnRmam34OQcqJMTlgBvdX7c6vL2nmnfW1/PuNslSEPv6rBsApZN9KXv"
    "H1i0qifq5xWZiveY3QT3hI00KmjhfKMaGiYthf4omoIuOlBddIrn1F9WJfD58/n7mvzOFaIkgzim"
    "3pHE7eFg1cCrmpNfJaNNfhxRb1qcDdSnVKP6NLkEijhwC5SVn7ZFTcjvCypO26zzKCAPcDbek9m3"
    "1WqeMIgsla4iEtbz9FrK5EEMi1ZSLiBByn2WMo9dl3Cuy0ZqmjELMMsJc3+k+lzzJVivtdI4MOs1"
    "L/VEgXcm5A4zC9Fr4CD/fZI/5GXtOjsFchIHue6oZxLobtmRbnTpgNZ8OP0wqS2NqL1a1XUtZHXO"
    "vsfUj0My0riaiw3GTb5mLpo6lDnTpLFBeQOJIB6SF/gLZaoWAUPYdYOYRbL2wDQM5upQkkQ2RjyS"
    "Rd4Q5gijJNUGBWIa1xc46PTq4APv8SQwbvCBpwK3qxFewYL7dmxpjiZfo5VJkgOCMdJ3Y6QnodRP"
    "acrJFeEk0k1wxQaNE9wqfSWUbSGaOtCZxBU9w2oaKQFhDrGdQ1bVA4rcN5dfXoG2V9HjxfN+B11U"
    "XYZoqk3H7tME3CoCA0GAoehd4ATeve4ATmBwAvdJAuAE3jm1fXYCv1M7Z5xwTjiXC9NHGjO50mbc"
    "ZCmne3HgVXMDZ7AbzBdxJB22ciePMXqk0UwWm0UT7MteNEZREAk4wsxDiRNXFaylSc3aFVy6dfUO"
    "4c7vAKZ8jyeFcYMpb7WPz9M28Omd+tudLZl+PhoLo2kHsBzqyXt/9Y3cBg6zzb+OXxhs/pWOq2p4"
    "MqS5DAWuN3DtkYkl1SUkML2BaXFpxuXSRMGSmm6rfDd49TTYQxqYj1++fvv6m1dvXq9G59WRpiG6"
    "OjonypiVD6gEBSfQPjmBoAD2MH0QfRNBd06I3VjJ5/NFEGpt4/TMuMkipqpNSzP4RtiiMglJ0CnT"
    "lQKZxER98gVHYfDIx2gqJjoPTZYIi+PsjoQL0TSSTaUVK5sq0zX9zUkUiVY8M2KTqyCPLIhsxKpG"
    "8pbv/wv7hZ0wFDNxMcpnwrJO2EJUGttMgGPiHaFbfCe6jRNMb+UJzBDBoU9JmLXObieEo57hu+Q+"
    "6q7RTEDke4hxk6MJ8QN29wuLguSs3L8GJVLkyhsQxBG6vRcjKnfE8zryOrfIox5iQZSkh6HHGXVn"
    "2R3IUl5YPCR4A3o+PI8bvAG5vmwW2C8BIbA/tgzsM/IoSzNaqSxVLGgu1nEroYOEdvHiIhJMhX0y"
    "FbL51yY7swiF9bh9zgaR2pFjWjGtAILCXRaFu4oKpWZ2a6reVQVvsYTXjrSM7kp4Sc4cOXCb6RQF"
    "GORi2GoTKY3/Jq7kyUYCayhIwToXiXnC0LWY2wtAmNn7PLNnLhLzfWiKQPjKOvL5Zrx24Pdduxn3"
    "Sw5tHb+lLmjs/M0XqE1draX+n8K+//sV8bF6jQ1kf8KtCO+pTlVh/M/n949fkQXBDV7y9Px4s69c"
    "zPqyaUuX+Yl0xSbeXMwyj/AMcxQFwVh5o7NzJa/x2m9bcIF3cD3wA/d4yB43+IHzOQWmkqhiwQtp"
    "rbFa6DHp2AHUd6vGbFeB6ZsIWid5W+suzzkx36yHJN28nD/dOC3nhjaDdO53V2fvz29knY33Z6fn"
    "N0foNgg9yrB/K55zPiEhR+S3GPtJKDUXbR4jnoZnk29aBqOpmF+llpiEcVkQzcRRfZL3Fu4r49a3"
    "qwFHRaVlADpVBBL9QGoDAp6oDFIwSFxF3VKVHZmQqQwmp9kBMtnc98RBlJjcR+hcBcFZgKbJx4bu"
    "yXL8C5sQF8ecoE+J+Xj9jwv0qKDujLj3ya0FQugm7ky+25z6vhSb/FveHPSTvo/FTfoJxt4M49Cu"
    "lEkFC9HqsWW0OnDdOAyJGJ6Z3qVWs7iyCGtyqB2WHKSHrBwSEU9pEoTK2kP8yWbbxrk+uboxmX0N"
    "GmIe+8vXBnnsqYJRJbh+nfUacUi2Smc56wVrbptGYM9cqDu0AXeZbKvcr7WuxMw5u9GRuHIHt3Ej"
    "ysZpjcC8Ii+08KQsYLpcVKaxLkiwUFmxakUg1zkRn3g1UNF7/Kk0qeiLtG+2nAey5jAJ1GUPKEPa"
    "InVghTskaneRviHHH92Og5sEsMKBAKwFkEwNsuygnBoMPwMNGETxhMRoSaJVXnQOCGnRfcmqaZMW"
    "nVUz0U9BbVbd181Cg7ChLVbd21BdQgLTm7wVEFyF4GoPRLDfwdWLAGujqur4uMk54YsWUEN6oP4B"
    "cMU/ryteXFeYnTxywjSKZkBzBTtEtt+MX7XX2bDcK86C6SIQaG6mWU4YjuiacwPHYgFzSBpbZ95F"
    "j/JJHHLjKH4ZN+gwvrsUM5/j4aUm6762bxZB0Dl1nTM2ZjUPAU41nM4po/N47kiiLOYsHRxmruaZ"
    "i8ypIcspYojEGum5suaMSxfYd+yKr2rxwHpb60IMArbGRQoFrjdwjV03jIWWlRFnajNr4EPk/PjF"
    "+K0x59EsDOK7mYlarIGCZsydCfV9XUSjWTnO40CX0wXGsdUgnIcNcTAwnOx4hH1f7uJgNd9V0MD4"
    "BsZzJoa9cQJMt4mB+l6qi5mu4SgDnzjJ9Szf2GyOY+T3SM1U4pKGPGqgQ2bS9QNzT2QBNGT2fDmt"
    "K8XJxENeAB3M3qCdqVhJBpPhPLQG7WYKei5yu55/5PyRlr0xCz6UcEP+6oV+GcUaD3n9IsI1YnvL"
    "CEcn727OfzwbbZ+yZ1lKuAgDL3Y1w0I96zmIFe3700mfhXG+EEOmbnFhQz9fQ4BxC8aJeG2tS71W"
    "mchDtqdKvNwfVQI2oa6h+nCz5/Fi4VMXW1XTqmIPyQ06hL2oh0t9Q8I3bATVJuHbbDfq3FDRAbUy"
    "ffukeEVTlnea5dyW4+oA27vs+rwYahLtS5Jqzrl3cu9sUMcsh1qv2ZfuDC6OjJOdp+QCS1XoizI3"
    "mJPCrtH/jj3xiki2TaqHElnLS9zRjVY7YyHsumQRaSoJbP0JVG0zYbIJ4ub8FuGQKIBQU7isI4bT"
    "Xa8eibofl/973yEsGojez6P1ntpqO67sKPXQHYn4+kQChVoHfZ/MxgjWMuzKSQh536NnMEZhhcgT"
    "+/C3JitE0lnKxHuVx0C5Nwv/VTpXVzk/CUNcUx4yhylx7lO+j8PGBtJ//lUb7nKUIlVl7lp8zX59"
    "zlYJe0CVx14dv32zGnHlj6bB9loMDxeaDcgZi7HvJJqpqbpQxj55xO0Zz51HFgURnvmipgJq0Imb"
    "qcmidZjVT1pFFERdrCKLyuassv7D9eXH2tDiClPutNSN0B/oOWev0f9OY6bKoqNJTP2IMn4k7/d/"
    "Owj2So6aRVJmf1x0+MsL9CDYaycIF4feDkh/zgi780BCveZcX/CrioRYJMQiIRaJRvdk6Sh/p3Ec"
    "rIw8IN0ewpCHTD2EIbcahlyNEx0QK1tml9qvkaUtt+VRtVfBx1Pq+yNNxFEdHzeFGeWCBijtNdBw"
    "mOkChB2sPdijME22NsjTR2lqPVll3KB9WUlNGDMC85hBkwclNnbhv7Ys9zD0Mg+wzriXTOdWwRt3"
    "6AISmN7ANFSEeH6O3RkO74jGwm1eE7pGwaLQ5tDtlKj9IblgzLikagUMZLch25JmILh1rbQF1vkl"
    "2uXZZVigul0xQAuuq2Agu4lsmeDuhfhRE5k9DQKfYKbnuYAr770sgM/F6+rIlvdevry8KAQHT8/L"
    "we/PH07Prr58WWK+6gq6Z8Ejc+S26aYh2yKyg5BtP93tfY/QZpw0h2iVrGIWUc1a9zZiXkFBzn2W"
    "MyRg1Ir5gBMw1LoU0/hUDnRIMZLdBv/9dIOiDhbK7qEI2gaoc12vV7HpE98P6tfE5s6Om+LUeNXO"
    "fHts8ddSeiVF2yAUP2XAbYyCMNnROohFKyauIE9mZpxadrqyM5Ilp3JhKQsilBS6RUsSNW6j/bx3"
    "hZh7j8eyMaqPuUO0yEhZfJp3wdaxACy3YBnMn2GYP3LmMVaEcyDIP7bNP041CGPyizgwRLoyRFJe"
    "O7BFPq2vtGeCaGuOFPtgi3TkSZqr+kRms5TX/Rpf2rKaG1Z7ZeRl/Vlj4eW6er15l/YWyEQeqFUk"
    "Hohx7NZWXqxfvllFQgUOizWcRRqdO/pATMOFdZfYYuRwNwLpMHAoA9qGhRBykEEnP0NtL0hz3neO"
    "wXG1DZbJnDoTMtWWTdq01WsOCDy34BlPI93K3Y00r3DA8gaWd1H7v2fWc9cr+ULiBqF5SaoSbMg7"
    "3SxCUussayrFk0dtsRrP1dn7z+/OnLMP56Pt0/cs9hzshQWrSvabXkdmUhhtllXGQU07m0qsbvBA"
    "wqVh387DoHM3JuOHNIoIc4Lp1JDjEhJobqI5qQ5sMnqsETBumI8bq20eq5Q31HAuoLZYxblPdTCF"
    "+VEp7RwSWRHRwgApwIZsgMgYo8nXn7WHb99GZ5iSUO+CaBpucyBg3crCg1UpNf4gWJUCq1I6z8ab"
    "CwvHU0szjQVQgR6Q13XLUojwvbCBJktjGZSAIAFbCUBV3L7ko8LCuG4WxpV7dwecQqVhzZjdAa+X"
    "C0lnsL/2wUZqS/NUC3rX2kUHBLfPTN9Tfiu6WK8SqeVYfPZQk0q9PjneuHUseYB86uHmU+8iKaRv"
    "c1nXWSH34j1MPFxZe8hHt/BukemUuBF9IIYu8DJu0CnRvchjOhAKzd2sJSj4WffJz7rr1QT9VK47"
    "DM+rSKUmvadWP8lDDsh51902cVgY5Sb6yQoA0TeLfAcSYeobpaflIMA4ZJjsOsNky/lRfdNdtp8k"
    "AZs074J3V6pkmnG6cSnzGrTFxcuZl2pvFy9DbsLOYrJBGhYxpr8EBBFAbLa/sdkgF/zbXhxxX7kt"
    "fdr9CnMR746EZywKlyNdoCt3etwY6lINHSJaUgLRroFGu6Tvz9jLXQAN2sfdk1jL/hgqOg4fDNc6"
    "rwBgTVu53ya61c1NzreJdmUz0P2U1eQNzuW6peRAeBvCdx1+2iP+7ZaYw+KZAQZ1oZL1rvxT4Brc"
    "LfVK2zQWQB4Ffd9WADus4j5Y/sExu1XHLNRu76R2u2bU6IDVg1/RYbzVwHpK7GggWC3KOEyCKypE"
    "r2IJctQQb/luFrP7kSaYUDg/boomTJKWjiubtt5nLsTsjsgt3yRNiHo82f4tjNkRupkR9BiE9yRM"
    "dnOTd+CIRqKtey//4CgMHseIBwLhhpjPkE/wA1FtFoR54nF0u8xt5Z4QD+mxhjNuiIdMaViTadQk"
    "gzwK7C17ewtbcJ8DAfVPMnW548Umy94KmEPivrPEcjV/OJTzmGh6daPfLA/bHrfPVaOwa2KzrRGc"
    "ZG9XQ2+/Bj28kpDfGPj8cRSR+UKXC1rbh/MQ6L/l/usFjFhEUHIw2Pizzxt/TjEVA4tj5buvYsGB"
    "aavWSC5j3WYl9eH3HAQWDVgs1ojNe/wac0ha5G599YLTjtzK4lWv4kN22K+7Xx+dc5L7etdcKpnN"
    "jjnxkpDkO1CnFuZOoCuZX5ueugIMOrlXDI5RbLROeY3Y4g48//h89vns/ehA9Ic9ckTti7GZ0FPn"
    "KdnAaq2LBIgF9x6495qH5hdHL17sYGC28vGJuSu0y+stIsEx1WvHFGWUz6zEXIKCnPssZ8jSr5+s"
    "DitLv+ID2pG3IuaUEc5l5xrp/BX58+NGj0Xa0smMzM2ZRDJvJxASldk5Mp1HJuqo6x2hE0Ecvbsj"
    "IQrJNOZEnAiQLGSMIgGSt0CSgGqmUEfX7Nhpci3UFf/JbpM2X2kf/Cavjt++WemS8keTGnktVJ6L"
    "zc6QrFe19YVk7QfnCunJwHISezS6oPoExfXJxiEFy2aOT9unJjIkCyMsv+BIDNFUFSOjTH3e7kxw"
    "qEksbIN4wmCQXdTMj5pHHc6wsGN36gzzmU4MDIc1pfQyRLkk1jJKKm8czthxKj16eWVJGJyn5x9P"
    "rn7SOwWz9nlF6PSnm7OTcpEA+W2Zr8LKoaD7PyWwaDL2l6RWFdklIzeB+KdlEFIN8quKNnslsbYh"
    "yHxHbROEfJqqHgT3fxM2kG5CXZ1rVtFFK2cmmrWcTqUuLZtLPVrOiBKPcKT+JsxLMvAzvV8p0Efo"
    "NgyC6BZRnqTip8goJCTTxpWDWq+4P+fNIAza44ELNP+Og6C++GR023rVB0HXCKhfYhsANQ3TbTeM"
    "tEcZ+HJcN9PVMwTo6ra6+izVHwzsoxQBnNtyvognvm1gp4wFnz/4/FsZEnL9dp0hsTrXaEioJHdL"
    "QwIrnfwLnvjXEJ5GatmuUPLlcmv0SKOZaJPtzdZsJ1hcC8yAPTUDYIO/7tUsmPJ3OeUbVu8t4YZt"
    "3kJ1tZ4sWIHiUt0Ul9qNKvgpDLzYjX4kIU/evKIQllo0qoWLpG3rOjIPyUUTTS4FH6HbReBTlxKu"
    "HLvSifvD9eXHMcI81ffQPSELeUZXJ6aTa2qUxJ8TYsTJ9A6jX0Fv7Mv41KQ3ZmJr6wfN2oMX1MIL"
    "+rAeJlrq6DnEIU3Knano6y0HpmEwN1EYq8hBq4zZDGAyFuQxMB7YldGHfOZB+DZ7szdbz1Yn9MJI"
    "2802Yj2TRFtbrc+7iEk5YTftWSVLbXVu3GSj3ZOlM8UGRppcHE1ktVlpLNEIPcr/1CJIaVYlBtYt"
    "mklLyvdRNmOO0YSo7baR6ERcpeO44u2/4EgVXVyZaXO8lM57dqfx9G/53hAZ6PHgNm6w8ERHEBMY"
    "9h0WzydmSS8aKOh5Fnpe+i0aUp9BgHLYMKl3GyYpl21EQo3N3RxhyDDgzmgqERDqszpbFQjIsEPs"
    "w2/Gr1p34URVMowzFkCD9hg9YJ96jhgvqWarj3oCS7BBU8hI5HiUT+KQG9cDqWCH+LkbTVl4oVF+"
    "m/WBhU7nHQSz3xoQu3alW0xbVTDQ3Ux3MJ1Sl4SOaeiujAO7wsKuyEhcCOqs2F8Bgf4n0E/mWKd2"
    "bKZ/BQT6LegXt2Z8KhiSdFTYPw0Cn2CmF0AZWk6RFNjDEsDp5eVFQQCn52WGP384Pbv68mVp5K+a"
    "ha4v/bWa2OxJGOKaVNQcpkS1T/k+2tob+vrPv0JwFYKrI9HnzQOrOdAhuaV2G1WVpFbFYBxR/Zxe"
    "Zs9E0Dacmut6vQqlnpCQurORrjpRcmbcWJpo3aY3ldmHEm58ojO6PpBYm734boZD0/TF/dS3xffy"
    "u+MTdhfJT+P4668bCM3UbdGqNB1mmvhxcq7spVqYMJw2P0B2X7540YJd0aqWXXWupBQGLNJu8ysT"
    "3mu0wTWkrApSN0J/oMPTpyUZzbZj2UwsKXLyAqe7rrb3538BhQeuOQ=="
)
