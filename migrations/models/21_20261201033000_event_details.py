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
    "Ous/3lxdVqYNl5jypKVOiP5EL6m9Bv87iVjc8hyNI+qFlPEj+Xn/t4NEruSoXiRl9q1iMF8+oAOJ"
    "XDNBODhwd0D6S2bP7UcSqC3n6mZe60jIM0KeEfKMkN6C9FY3RNBeems3OZdT6nkDRaIlvm7VZVdk"
    "HTd0NOpppkC37noHJdd7FMHOtkS46gB2pZNfxvXazU9aYegRmMf0mjzoLLCL0J7hLve+726H7ZWd"
    "ZDq3+Vd7QheQwPQGpmEj/PbWZnuOVa5Gs6qCDAv74pq1NTLgeh0MZNeR/cD8J2bL40h1w6VFZAvh"
    "0j3Kj3UoOppxUhseTWQVsZAq9pA1EfMSCnLuspwh+VEp5gNOfsQ1oboB0BzokIJwu01+eGnj/xY2"
    "oOyhCJomP3JTr1PJj6Hn+dV7TXJ3rbpECF6O0z92UvxrId3e7+ID3DGSEV0L+UFyUqQfhfKgeiu+"
    "mTkV8Y6PpdWbHjwfEHlOPUoayKEFCWuPp3zZT4WkTofXMqsmqQPhSC1j8Xm+rqmbCyw3dnLB/Tl0"
    "90dqHm1DOAc6oLr+bR9SmlgQ2uQXceCItOWIpLy24It8Wj1pzwTR1B0pzsEG3QbGaTHUM5nNaqr2"
    "a31pympuWe2Uk5fNZ4WHl5vq1e5dOlug1K2nXpH4Qoxjp7KjUfXWiXUk7H412D9RpNG+p49EEXM7"
    "9X2PYNZEEqtHlOQxFs84LIGcXl1dFARyel5m/PPH09H1q9cl30pl8VHdTYg5SK+r66CvBtTR7TvH"
    "ELjaBstkRu0xmShbFmw6Qi0HBJ4b8IwnoWrn0kaalzhgeQPLu+ip2zHvue2tIgFx/EC/HUQJ1ucO"
    "8vOAVAbL6rbB51Fb3Al/Pfrw+Wxkjz6eD7ZP34v4c3DGxAsuuUnbJ52ZvUJAkxP9ybw8m2Od8prm"
    "XAXUFttzdanBidBtaz27AiJbXRhotwKsz9pNBrB13v5sPLz7Jm35JiRQ27d1y20OBKwbmQ9Q8gwl"
    "z1DyvK1Sj5n/KF4aue9HWwBr0ANy6bcshRA/EGaPF9oyKAFBAqYSgJZTXSl2gl0X7ey6KM/uFjjt"
    "fRsv1ZrdAq9Xc0mnv7/+wUZqS3qqAb0r66IFgpuXPe4pv2u2WKeq9ORaPHqsqNNb3bQ2nvdDHqFY"
    "r7/FentziucepRwfxO/QiXBl46HY0SC6RSYT4oT0kWiGwMu4XtfbdSJJfiAU6odZS1CIs+5TnHXX"
    "pardNK5bTM/HmUrFmRiV9kkeckDBu/b6/2PhlOvYJ0sAZN8M6h1IiKmnmL91x78tIcA4VJjsusJk"
    "y/VRXbNdtl8ksaPTt/pOvCNtMsVCXbtRbgXa4ta4LEy1t1vjoDhhZ0lZP82LaNNfAoIIIDnb3eSs"
    "n8v+bS+RuK/cll7tbuW5iHtPghELg8VAlenK3bZqc13xQJuIkZRAuqun6S4Z/NMOcxdAvQ5ydyTZ"
    "sj8BDhWHj5o76ZYA8OqM4m9j1d65uujbWLlvDuh+zl7Fmuhy1UZFILwJ4bvOP+0R/0YJKNg9U23S"
    "HW5WF/qk7io+BaHB3VIfW5vaAsijYO6bCmCHPYJ7yz8EZrcamIXOwK10BlasGi2wevBbOrQbWa9U"
    "YksLwXJXxmESvGZCdCqXcJoc/342jdjDQJFMKNy36rIJ2UHyjhza+BSjALN7Ig8UkjQh6vLkcKEg"
    "YkfodkrQkx88kCA5K0h+Akc0FGOdB/kPjgL/yULcFwgnwHyKPIIfSTxmTpgrvo7qDKOtfCbkQzps"
    "4Vg1+ZAJDSpKjepkkEeBv2Xub2ED7nMgoP5Zri5XnwheG2TgFceB7zX3rVWWx/rDppxHRDGra+Nm"
    "edj2uH2pJoVtE5s13raTkwM1o/0KdP96Qn6rEfPHYUhmc1UtaOUczkNg/pbnr+szYpBBycHgWLku"
    "Hys3wVQsLLZR7H4dCwFMU7NGchmpWuFXp99zENhsZLBbI9Kf8SvMIVmRu43VC05bCiuLn3odHXLA"
    "fjX9uhick9xXh+ZSyWwOzIkfCUW+PQ1qYW77E7WtWWG8Z4BeF/eKxTGMtDYqrxBbPN/hH59Hn0cf"
    "BgdiP+xRIGpfnM2EnqpIyQZWK0MkQCyE9yC8V780Hx8dH+9gYTaK8QndFZjV9RaREJjqdGCKMsqn"
    "RmIuQUHOXZYzVOlXK6vDqtJfiwHtKFoRccoI53JyDVTxivx9qzZikY60MydzcyWRrNvxhURldY4s"
    "55GFOvHzjtBQEEfv70mAAjKJOBE3fCQ7GaNQgORHIEnAeqVQS89sOWhyI8wV79lhkyZvaRfiJm9O"
    "3r9b2pLyjzoz8kaYPBebgyHZrGoaC8nG9y4U0pGFZRi5NLyg6gLF1c3aJQXLYbZHm5cmMiQbIyy+"
    "4kgs0TTuRkZZ/Ho7U8GhorCwCeIZi0H2UL04ah51OMvCjsOpU8ynKjEwHFT00ssQ5ZZYizDpvHE4"
    "a8epjOjljSXhcJ6eXw6vf1YHBbPxeUPo9Ofb0bDcJEC+W/q7sHIomP7PSSzqrP0lqa2L7IqRW1/8"
    "p2ESMl7klx1t9kpiTVOQ+YnaJAn5PFPd9x9+ED6QSqEu79Wb6GKUPRXDGqpTaUvL4dKOlhpR4hEO"
    "438T5iYV+JndHxvQR+gu8P3wDlGelOKnyDAgJLPG4wC12nB/yQ+DNGiHFy6w/FtOgnrilVGd61Wd"
    "BF0hoH+JaQJUN0233TTSHlXgy3Vdz1bPEGCrm9rq09R+0PCPUgRwbsr5PBp7pomdMhZi/hDzb+RI"
    "yP3bVY7E8l6tIxEXuRs6Eji2yb/iSXwN4UkYb9sVRr7cbo2eaDgVY7LD2er9BINngRuwp24AnPDX"
    "vpkFKn+XKl+ze28J12/3FrqrdWTDCjSXaqe51G5MwU+B70ZO+BMJePLL1wzC0ohas3CejG3cR+Yx"
    "eWhiyaXgI3Q39z3qUMLjwK4M4v54c3VpIcxTew89EDKXd1R9Ylp5psJI/CUhRtxMP2HwG9iNXVmf"
    "6uzGTGxN46DZeIiCGkRBH1fLREMbPYc4JKXcmom+OnJgEvgzHYNxHdlrkzHTADprQR4D64FZG32o"
    "Z+5FbLMzZ7N1bHdCJ5y03Rwj1jFJNPXVunyK2JAE1JkOVCW1yR2rtp52NaYz7QT64gU90yCs9m8q"
    "Te6zKQ50be79tGrE+/KH7RF2H8pX4+Sbb2oIzYwaMaqkIDN75yS5V2qlJl4qDYbT4QfI7uvj4wbs"
    "ilGV7Mb3ykcWs1DZm1pGaSrswxWkbBxSJ0R/opc87Hw3Froko95CLxvjJdNOPuB011tEvvwXoQC1"
    "TA=="
)
