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
    "eJztXW1z2za2/isYfWk6w/U4Tpp0e+/cGdlRt+46dtZ2erfbdmiIhCysKVAlSLuabf77AnyRSAqk"
    "CJiWKPF8aWMSDyU9B8R5xcF/BjPfJR4/+sxJMPgO/WfA8IyIfxSuW2iA5/PVVXkhxGMvHhiJEfEV"
    "POZhgJ1QXJxgjxNxySXcCeg8pD4TV1nkefKi74iBlN2vLkWM/h4RO/TvSTiNv8gvv4nLlLnkD8Kz"
    "P+cP9oQSzy18T+rKz46v2+FiHl87pffnLPw+His/cGw7vhfN2Gr8fBFOfbYEUBbKq/eEkQCHRH5C"
    "GETyF8gvmP7S7EclX3Y1JPmWOYxLJjjywtwvHturawPbvry6tW9Gt7Y90ODI8ZnkV3xVHhNwL7/C"
    "X/56cvLmzfuT4zfvvv3m7fv333x7/K0YG3/f9VvvvyRfZsVW8qiYs/O/nV/eyi/kCyEmopUXvsQY"
    "HOIEFQtjxX78/zX+b8kfFexn40v8ix9W5j9ju04A2YWVBFYTbwsiqGHzdvTPmMsZ57978sLlT8Pr"
    "sx+G168+Dv/5dXxnkd65uLr8WzZ8Rf3l2cXVaUz+imwyw9TTYXsJALoN6MbYnWIc2C69JzxUrTIM"
    "Bws18+vYkgjGi5DwwxLCqaQwLwQhg9Pzy+H1z2opZOPnPg/vg/hBg9Ofb0fDCjk4dC50Qyhmu5ks"
    "iniQx3Pl4WEe2hM/CnSWJCUYlieD5WkuKNPSvUuAEd2pbdNXtrHrileCa031FQQYN2CcsQh7NmWO"
    "r7IxPxCHzrBXQX0ZWxKAm4CP0occlDA+jM7OPw4vXr1+a53E3AvmaUhSBRBL5e3x1+XFBHP+5Aeu"
    "PcV8qrWolIEw1fWnuhMQl4Y2d/xAMdNvxAz1Kv3ZMnazZ9t9/lPf9s3J+3dLb1b+Uee/3og5f5E5"
    "rGpqXRsrTMcPgpaQzshmejN8eTFJH3CU/WP/CK+b8OcfRze3w4+fCrP+w/B2JO+cFGZ8dvXVu6+L"
    "k375EPT/57c/IPkn+tfV5ahsbi7H3f5rIL8TjkLfZv6TLXRpjpPscnapIHHKbeyE9FHxJp36vkcw"
    "qwgM5XFl70AAX8okzYJGW3YOrq4uChI9PS8vVJ8/no6uX70u6RDlKyYpMXu5csgWXquu+QQD8QPd"
    "K+YtUjnvyXuWTsna1yxz5B7IQs8qLuHAXjCwF8THExbajyTg8qtq0K+AggSMJWC26pWwYE502ZwQ"
    "tHMjMReAIOOuyVgmFCcPuaSWvDDGzsMTFt7s2h3/xK8au35rdjIrX8EM38dCkmzK75nLr55NMYs9"
    "HmX2Nb1rbcrB2k48sFkqdnDFCHrEXkSQP0EYzYU68BkKpzhET5ijgMw97BAX+YH498x/JO7/xF8d"
    "0QmSKVoSD2M+I0eD0nxp+9mQHN7T5PAk47ipcbIEQELAwCbxxcfEr50O5QUQWIIGlmC86hrZgQUk"
    "eL9dMRmaeL+xwtXVLjmQUZS2c/LdmpZZM9aKklgXw/d+QOg9+ztJagLOxffGzFEtcqU6tz0TwZds"
    "jmVXV/M3wE9Liyg/9cRvF7+YJNG8a/EiXJ+fCY53Y/4OI5eGIxYGC5X5m7tba/5iOc4WPnVAG9q/"
    "UIq4l+tAnbU5FfNDkGaiiUtQUMX7pIrJI2EKiddURWYA8DJMyjKc0Ner+MoAQLcp3dqWZh51QAUB"
    "W9EwOzbygXkZlZhLigwmfgkIEjCVgOdjps1+DgTMmzI/x4uZzNDqkl/EAf+m/AdE/Hiu5r/ayimi"
    "wNTZjxLrvlPukhBTT0H5jzdXl2rKc5Cyn0ydEP2JPMr3MZhZQ70ko576MstW0cuVD1ij3mBXGewm"
    "M9u91JFc/1VqnA4Uoc7lPasu0JmZtxDk7GmQE7YAb1U/bnV7e8es763vZ9ztFqS+T3XYNgHbJroy"
    "9w8sW9UR8/OaTMTvmN76D4QNFCZo4X6tGRokI4X9KIaCLdpTW3SCZ9RbrEvg8+fzDxX1nUtESQZR"
    "RN0jidvDxaqG11gnv0lWm/w6Ev/SojaIX6UK06cuJFDEQVigbPw0bWpC/phTcdtkn0cBeYDaeE+0"
    "b6PdPIEfGhpdRSTs5+m0lMmjWBaNpFxAgpS7LGUeOQ7hXFWNVKcxCzBDhbk/Un0pfQnea6U0Dsx7"
    "zUs9MeDtMbnHzED0CjjIf5/kD3VZu65OgZrEXu476pgE2tt2pFpdWqA1n04/TGpLK2qndnXdCFmd"
    "s+8x9aKADBSh5uIAqy7WzMVQmzJ7kgzWaG8gEcRF8gF/oSzuRcAQdhw/YqHsPTAJ/Fl8KSkisxAP"
    "ZZM3hDnCKCm1Qb5Q4+oGB60+HWLgHVYCVk0MPBW4WY/wNSyEby1DdzR5G41ckhwQnJGuOyMdSaV+"
    "SktOrgknoUrBFQfUKrhl+Uogx0I2taeaxBEzw0iNlICgQ0x1yLJ7QJH7+vbLS9D2Onocv+x70EbX"
    "ZcimmkzsLingRhkYSAL0xe6CIPDubQcIAkMQuEsSgCDwzqntchD4LD45Y8g54VxuTB8o3OS1MVad"
    "p5yexYGXwzWCwY4/m0ehDNjKkzws9ETDqWw2i8bYk7PIQqEfCjjCzEVJEDduWEuTnrVLuAzrqgPC"
    "rX8CuPIdVgpWjStvdI7P8w7w6Zz5254vmb4+Cg+j7gSwHOrZZ391jdwaDrPDv06ONQ7/StfVeHnS"
    "pLkMBa43cO2SsSHVJSQwvYFp8WjG5dZEwVKsbtf5ronqKbCHtDCfvH77/u23b969Xa7Oyyt1S/T6"
    "6pwYY0YxoBIUgkD7FASCBtj9jEF0TQTtBSF24yWfz+Z+oPSN0ztWnUdM4zEN3eBb4YvKIiRBpyxX"
    "8mURE/XIVxwF/hO30EQoOheNFwiL6+yeBHMxNJRDpRcrh8aua/o3J2EoRvHMiU2eglwyJ3IQW3eS"
    "t/z5v7Jf2ZChiImHUT4VnnXCFqLS2WYCHBH3CN3hezFtbH9yJ29ghggOPEqCbHT2cUI48Xf4Lvmc"
    "+FPDqYDI3yHWTY7GxPPZ/a8s9JO78vwalEiRx9EAPwrR3YNYUbktvq8tn3OHXOoi5odJeRh6mlJn"
    "mn0CWcgHiy8J0YCOL89WTTQgN5f1EvslICT2LcPEPiNPsjWjkcmyjgXLxThvJWyQwCxfXESCq7BP"
    "rkKmf02qM4tQ2I/b5WoQaR3Zuh3TCiBo3GXQuKtoUCq0W133rnXwFlt47cjKaK+Fl+TMlgu3nk1R"
    "gEEthqk1kdL4b+JInkwksIKCFIxrkZgrHF0D3V4AgmbvsmbPQiT659AUgfCWtRTzzXhtIe67CjPu"
    "lxyaBn5LU1A7+JtvUJuGWkvzP4V9//dr4uH4Z2wg+xNuRHhHbao1xr+8fHz8mswJromSp/etzbFy"
    "ofXl0IYh86EMxSbRXMyyiPAUcxT6vhVHo7N7pajxKm5bCIG38DyIA3d4ybZq4sD5mgJdSaxjIQpp"
    "bLEa2DHp2gHUt2vGbNeA6ZoIGhd5G9suL6mYb1dLkkov52/XquXc0qZRzn12Pfpwfiv7bHwYnZ7f"
    "HqE7P3Apw96d+J6zMQk4Ir9H2EtSqblss4V4mp5N3mmZjKZCv0orMUnjMj+ciqvqIu8tfK7MW98t"
    "F5w4Ky0T0KkhkNgH0hoQ8MRkkIJB4inxR8ZtR8ZkIpPJaXWALDb3XHERJS73ETqPk+DMR5PkZUMP"
    "ZGH9ysbEwREn6FPiPt784wI9xVBnSpyH5KMFQtgmzlT+thn1PCk2+W/54WCfdH0trrNPMHanGAdm"
    "rUzWsJCttgyz1b7jREFAxPLM1CG1is2VRVhdQO2w5CAjZOWUiPiWOkmobDzkn0yObZypi6tri9lX"
    "oD7Wsb9+q1HHnhoY6wRX77NeIQ7JV2mtZr3gzW3TCexYCHWHPuAui23j8GtlKDELzm4MJC7DwU3C"
    "iHJw2iMwb8gLKzxpC5huF5VlrHPiz+Oq2HhHIFcFEZ/5NDDRO/yq1Jno83RuNtQD2XBQAlXVA7Ej"
    "bVA6sMQdErW7KN+Q64/qxMFNAljiQADGAkhUg2w7KFWD5mugAIMonlEYLUk0qovOAaEsuitVNU3K"
    "orNuJmoV1GTXfZUW6oUPbbDr3oTqEhKY3hStgOQqJFc7IIL9Tq5e+FiZVY2vW3XBCU+MgB7SPY0P"
    "QCj+ZUPx4rnC7eShHaRZNA2a17B9ZPud9aa5zYblWXEGTBeBQHM9zVJh2GJqzjQCiwXMIVlsrUUX"
    "XcrHUcC1s/hlXK/T+M5CaD7bxQtF1X3l3CyCYHKqJmekzWoeApwqOJ1RRmfRzJZEGegsFRw0V73m"
    "IjOqyXKK6COxWnau7Dnj0Dn2bLPmq0o8sN7UuxCLgKlzkUKB6w1cY8cJImFlZcTp+swKeB85Pzm2"
    "3mtzHk4DP7qf6pjFCihYxtweU89TZTTqjeM8Dmw5VWIcGy3CeVgfFwNNZcdD7HnyFAcjfbeGBsY3"
    "MJ5zMcydE2C6SQ7Uc1NbTHcPRxn4TCXXsXpjPR3HyB9hrKnEIzV5VED7zKTj+fqRyAKoz+x5Uq3H"
    "hpNOhLwAOpizQVszsZIKJk09tALtRgW9FLlt6x+pP9K2N3rJhxKuz2+9sC/DSBEhr95EuEJsbxvh"
    "YHh2e/7TaLB9yl5kK+E88N3IUSwL1aznIEa0788kfRHG+VwsmarNhTXzfAUBxg0YJ+JnK0PqlcZE"
    "HrI9U+L1/pgScAh1BdWHWz2P53OPOtiom9Y69pDCoH04i7q/1NcUfMNBUE0KvvVOo84tFS1QK8u3"
    "h8Un6rK80yrnphyvL7Cdq67Pi6Gi0L4kqfqaezv3mzX6mOVQqz37MpzBxRUrbvwldDgXz8zag5Jk"
    "J3/8F2WOPyOFY6T/HbniNyvP33rhz4v7lgl3TJAy43cIByT/OITTE62eSPwwLv/vfoewGCBmNg9X"
    "52XHR21lV6mL7knIVzcSKPQx6LqishDsU9hVABBqugcv4GjC7o9nzuG/6uz+SHWSTmQqj4FWbgax"
    "qVRXr3M+DAJc0foxhylx7lG+j8vGBtJ/+U2ZyrJjK2mduRvxNnvV9Vgl7AF1FXtz8v7dcsWVf9Qt"
    "tjdiebhQHC7OWIQ9OzE7dc2FMvbZK27HeG49ayiIcPU3LBVQvS7KTF0WZTCsWmkVUZBRMcoaxj7n"
    "Ous/3lxdVqYNl5jypKVOiP5EL6m9Bv87iVjc8hyNI+qFlPEj+Xn/t4NEruSoXiRl9q1iMF8+oCwS"
    "yMlUq8fDzclAKgBSAV0QQXupgN3Ep0+p5w0UQen4ulUXiZY1r9D9padRVd0a1R2Up+5RtC8rH3fV"
    "wb5Kh6iM67VLlLQN0CMwj+k1ebALexdhEMMdwX3fCQxb0TrJdG6jpPaELiCB6Q1Mw6bh7a3N9hyr"
    "XI1mGdgMC3uImrWAMeB6HQxk15H9wPwnZsujG3XDpUVkC+HSPcoldCg6mnFSGx5NZBWxkCr22zQR"
    "8xIKcu6ynCH5USnmA05+xPVzugHQHOiQgnC7TX54aZP0For191AETZMfuanXqeTH0PP86rr83F2r"
    "LhGCl+P0j+gT/1pIt/e7+LBrjGRE10J+kJyq50ehPNTbim9mTkVcHb+0etNDugMiz/RGSbMttCBh"
    "7VF+L/upkNTp8Fpm1SR1IBypZSw+z9c1dXOB5cZOLrg/h+7+SM2jbQjnQAdUA73tAx0TC0Kb/CIO"
    "HJG2HJGU1xZ8kU+rJ+2ZIJq6I8U52GBn9jgthnoms1lN1X6tL01ZzS2rnXLysvms8PByU73avUtn"
    "C5S69dQrEl+IcexUdn+p3m6xjoSdggZ7Loo02vf0kShibqe+7xHMmkhi9YiSPMbiGYclkNOrq4uC"
    "QE7Py4x//ng6un71uuRbqSw+qrthKwfpdXUd9CCAOrp95xgCV9tgmcyoPSYT5fbuTcdN5YDAcwOe"
    "8SRU7VzaSPMSByxvYHkX/Uc75j23vVUkII4f6G+dL8H63G17HpDKYFld7+c8aotdt69HHz6fjezR"
    "x/PB9ul7EX8O+vG/4JKbtMjRmdkrBDSE0J/My3MM1imvaWRUQG2xlVGXmkEI3bbW3yggj8TgJOsS"
    "rM/aTQawdd7+bDy8+yYtzCYkUNu3dcttDgSsG5kPUPIMJc9Q8rytUo+Z/yheGrnvR1sAa9ADcum3"
    "LIUQPxBmjxfaMigBQQKmEoCWU10pdoJdF+3suijP7hY47X0bL9Wa3QKvV3NJp7+//sFGakt6qgG9"
    "K+uiBYKblz3uKb9rtlinqvTkWjx6rKjTW920Np6NQh6hWK+/xXp7c+LhHqUcH8Tv0IlwZeOh2NEg"
    "ukUmE+KE9JFohsDLuF7X23UiSX4gFOqHWUtQiLPuU5x116Wq3TSuW0zPx5lKxfkBlfZJHnJAwbv2"
    "zmTGwinXsU+WAMi+GdQ7kBBTTzF/647KWkKAcagw2XWFyZbro7pmu2y/SGJHJxX1nXhH2mSKhbp2"
    "o9wKtMWtcVmYam+3xkFxws6Ssn6aF9GmvwQEEUBytrvJWT+X/dteInFfuS292t3KcxH3ngQjFgaL"
    "gSrTlbtt1ea64oE2ESMpgXRXT9NdMvinHeYugHod5O5IsmV/AhwqDh81d9ItAeDVGcXfxqq9c3XR"
    "t7Fy3xzQ/Zy9ijXR5aqNikB4E8J3nX/aI/6NElCwe6bapDvcrC70Sd1VfApCg7ulPrY2tQWQR8Hc"
    "NxXADnsE95Z/CMxuNTALnYFb6QysWDVaYPXgt3RoN7JeqcSWFoLlrozDJHjNhOhULuE0Of79bBqx"
    "h4EimVC4b9VlE7KD5B05tPEpRgFm90QeKCRpQtTlyeFCQcSO0O2UoCc/eCBBclaQ/ASOaCjGOg/y"
    "HxwF/pOFuC8QToD5FHkEP5J4zJwwV3wd1RlGW/lMyId02MKxavIhExpUlBrVySCPAn/L3N/CBtzn"
    "QED9s1xdrj4RvDbIwCuOA99r7lurLI/1h005j4hiVtfGzfKw7XH7Uk0K2yY2a7xtJycHakb7Fej+"
    "9YT8ViPmj8OQzOaqWtDKOZyHwPwtz1/XZ8Qgg5KDwbFyXT5WboKpWFhso9j9OhYCmKZmjeQyUrXC"
    "r06/5yCw2chgt0akP+NXmEOyIncbqxecthRWFj/1OjrkgP1q+nUxOCe5rw7NpZLZHJgTPxKKfHsa"
    "1MLc9idqW7PCeM8AvS7uFYtjGGltVF4htni+wz8+jz6PPgwOxH7Yo0DUvjibCT1VkZINrFaGSIBY"
    "CO9BeK9+aT4+Oj7ewcJsFOMTuiswq+stIiEw1enAFGWUT43EXIKCnLssZ6jSr1ZWh1WlvxYD2lG0"
    "IuKUEc7l5Bqo4hX5+1ZtxCIdaWdO5uZKIlm34wuJyuocWc4jC3Xi5x2hoSCO3t+TAAVkEnEibvhI"
    "djJGoQDJj0CSgPVKoZae2XLQ5EaYK96zwyZN3tIuxE3enLx/t7Ql5R91ZuSNMHkuNgdDslnVNBaS"
    "je9dKKQjC8swcml4QdUFiqubtUsKlsNsjzYvTWRINkZYfMWRWKJp3I2Msvj1dqaCQ0VhYRPEMxaD"
    "7KF6cdQ86nCWhR2HU6eYT1ViYDio6KWXIcotsRZh0nnjcNaOUxnRyxtLwuE8Pb8cXv+sDgpm4/OG"
    "0OnPt6NhuUmAfLf0d2HlUDD9n5NY1Fn7S1JbF9kVI7e++E/DJGS8yC872uyVxJqmIPMTtUkS8nmm"
    "uu8//CB8IJVCXd6rN9HFKHsqhjVUp9KWlsOlHS01osQjHMb/JsxNKvAzuz82oI/QXeD74R2iPCnF"
    "T5FhQEhmjccBarXh/pIfBmnQDi9cYPm3nAT1xCujOterOgm6QkD/EtMEqG6abrtppD2qwJfrup6t"
    "niHAVje11aep/aDhH6UI4NyU83k09kwTO2UsxPwh5t/IkZD7t6scieW9WkciLnI3dCRwbJN/xZP4"
    "GsKTMN62K4x8ud0aPdFwKsZkh7PV+wkGzwI3YE/dADjhr30zC1T+LlW+ZvfeEq7f7i10V+vIhhVo"
    "LtVOc6ndmIKfAt+NnPAnEvDkl68ZhKURtWbhPBnbuI/MY/LQxJJLwUfobu571KGEx4FdGcT98ebq"
    "0kKYp/YeeiBkLu+o+sS08kyFkfhLQoy4mX7C4DewG7uyPtXZjZnYmsZBs/EQBTWIgj6ulomGNnoO"
    "cUhKuTUTfXXkwCTwZzoG4zqy1yZjpgF01oI8BtYDszb6UM/ci9hmZ85m69juhE44abs5Rqxjkmjq"
    "q3X5FLEhCagzHahKapM7Vm097WpMZ9oJ9MULeqZBWO3fVJrcZ1Mc6Nrc+2nViPflD9sj7D6Ur8bJ"
    "N9/UEJoZNWJUSUFm9s5Jcq/USk28VBoMp8MPkN3Xx8cN2BWjKtmN75WPLGahsje1jNJU2IcrSNk4"
    "pE6I/kQvedj5bix0SUa9hV42xkumnXzA6a63iHz5L9zu0Bo="
)
