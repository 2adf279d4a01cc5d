from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        -- The first answer to an application is given again to a request with the same id: the loan, or these problems.
        ALTER TABLE loan_applications
            ADD COLUMN request_id TEXT CHECK (request_id ~ '^[A-Za-z0-9._:-]{1,64}$'),
            ADD COLUMN problems JSONB NOT NULL DEFAULT '[]',
            ADD CONSTRAINT loan_applications_request_id UNIQUE (user_id, request_id),
            ADD CHECK (
                request_id IS NULL OR jsonb_array_length(problems) = cardinality(reasons)
            );

        -- A payment without a transaction id is compared with all payments of its loan, date and amount.
        CREATE INDEX payments_same ON payments (loan_id, paid_on, amount, id);
        """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX payments_same;
        ALTER TABLE loan_applications DROP COLUMN request_id, DROP COLUMN problems;
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
    "m5mQOVGuvS6O2WXrryTuZdZgW7oGa5YFdxt332+orO30G/feuPdNGftH5t43xCS6hSP+HJ"
    "MBuYdYZRZljpeaRkHUk9s0vKuxj1pqH43AFPFXdEUCd3f9CzX/S0ROBmGIvBOBO8DJqoRX"
    "qZNfRLNNeh6RT5rVBvJVKjB9ypJwsjiTfJM3fqom38DPM8QP14lHZJBHqI0PRPtWijoFhN"
    "U0urJIE3dqtJThA58Wa0k5gzRSbrKUaei6kFKiyJMs05gZWE2FeThSfSp9abzXQmkcmfea"
    "lnoSE3d0Pa8c8IiSqXbihC0lIKrCtNlPgQzzOsyvRG6ygliVwnckgGiMf4KR8unz+wbYVc"
    "VGc3WAhyWBL8kIS1qXtxiAx0WkJj3w+KPzB4ZRNPSWT0S3/fNBRzm7bIHW9BLfcVKbm1EL"
    "6N1PpPEDl1UffweQHwawowg1ZjvYZbFGyrs6CDujqHO1aGPnBkNLIKBniRN8g7BFRhbAFn"
    "BdEmJmkcAaBWQqm6J6Atu652oPWxMYQGs4t4AVFZlZhKvyk05OeE9zBRMLbbAysEtiobHQ"
    "69U0rmBNGK+uWxK9kTW8kgzQOCVNd0oasqR2LqsYupTy2X0Kpa5e0XUrfUrVXVwXARbdNR"
    "SeS6azkAmFJKoqrEfEJhZXI9YQ+MJasi1GGEdzjeRZkY5CzHL53UpFpVZxWzinUWoHqtRq"
    "1U1tVjDVuGlzexVT8RujUExlFZcp1Ma1lk0jt0Kx5dmpRrFlPHfKGUmT5jzUcL2Gaw8Oa1"
    "KdQxqm1zDNT42pSLHjLEkNu8p34WSsxB7TxHz2/OWbl29fvH65mJ0XLWVT9OrsHBlctVyH"
    "HNQ4D013HvYeT2+cfNsXUG+aCLYXUd+PJzxYapqOwglOH7bL/N+UxtLwfM9vLy/6AxFyvb"
    "js9Qcn1icSeAgD/5PFoM/dU/hXCHwrII9URGmJiN0iH1pgBgJmW5RwnxZw13U6IwHjYhJO"
    "LBhzMYjQLbUwYRPeqvaQd3ht40k3eGqzy8LDZss7LUP5qcLDxHXDQGw4oiruFlZeQfZCFl"
    "Zm4R2XHISFlqPwnt/lKnfF1VlJf1OUVWevrqna4SvfpGta4Om1wrfW2p4r1tQaHnUKcUym"
    "/0Z+dEMWY/rSglJZn/GRUsMzsr8q2pyDCbQoI4LZtE33FZVmnlgU8b1ohX/Eu8BgxnsymR"
    "/g+2L5ZG6NiO+Tx2iRxLrDvBuiE+jZwvpD1BqLUxIs11tWzc7dX95YngdqeaYGgJ7ZmQMa"
    "m7OuzYnhI7fbnVqBplXsMSmdHafOUsYd7loR3izSBHgPKcCbqLY6OUFZqKkGalo1UKMMz5"
    "9BmfEpj1YwQB0RFaxohXYt0TlOO43gcSyRSvNQ2HMyYQcxas0gmUkTUSZo0FWjcuOzGRux"
    "0Yqw2EacxWOzogucdD8mU2Rr68jCARPTFtQc0VncMVG7YytPEinmH9VGRusEsMAZAdQWQK"
    "QaHK4V5N7eelJQgI0oNvB4au7OngEaf6cphnClEt2RdpQhtjxNgGG7CS1ktCoG7XSWZej6"
    "wERQuY5x1MR0lisClHksst0uc+N83sNsidZST8qs1z7tei0/LzfQKXOCONVCg+YVbBvZfm"
    "2/qJ7iD5A/r8N0FmhoLqdZKAyHD82pRggmgzkmi21rcRgP0WEYUO1Urzyu1ble7pxrPscD"
    "qi/RFH84LQMyg1M1OENtVtMQw6mC0ynCaBpOHUFUDZ2lghvNVa654BRpshwj2kis3mdD+d"
    "VcNAO+U69qWIk3rFf1LvgkUNe5iKGG6zVcA9cNQm5lJcTp+swKeBs5Pzu132hzziYBCceK"
    "jcaLzWIF1FjG1Bki31ctcZUbx2mcseVUS4ig1iSchrVxMtBUdpQB3xdbDNXSdytow/gaxl"
    "MuRn3nxDBdpazH92JbTLfQLw/cUMkdTr6nQsdh+JlJTcVPqcmjAtpmJl2f6EciM6BWs2e2"
    "mm9hHguYzXzkArl1ke6i9ir2mMzsNuw4317qzQ45GyYU6e05n5oqtkCtSA/qZs+oy/Jes2"
    "iqcrw6wTYueysthoJErpykynO6nNQza+xMlEJZgIry6kf+3/9Cj9/4O7mTrnDfKD9sy8Ia"
    "rtApv4AtN9QVh6N9d8UvhF0yhaJAR5blTInwvtV7Ej35Vf/Af+BPs4Bwgqb0kwV4ZwGLzy"
    "OuKX7Gt4Gjy8uqdN48ta17OONtch98wEF85FNmIc/iA4jGJ4ra5LXlbkimxKjpmsu2TGLc"
    "viIeJomo8wRxaJNuuOEY/lYn3TDWSKs8F28ulcaYDaZqbDAVK+xVzrtBAAp2Bklhcpz7iB"
    "7itLGG9N//VO8zXmt7/Dz2iL7Hto1N8gHGIfCdyOjUNRfy2I1n3IbxvG2jQRDi6WfIZlCt"
    "zgKIvRRldKxYaWVRtdTW4QzMJ9FaieO5yvqPH26ui1Lilpj8oEUus/6xnlJ7df41CrHc1d"
    "gahshnCNMTcb1/d3YvEsFRuUjy7NvZ6L44QV4kZpGmWD0e7yKNWRswawNNEMH21gb2E7Du"
    "Id/vKKLUst0uC02LJAtTbtzSqKrMJtWI+C36H9O8u7VoX5Kv5KmDfYUOUR7XapcoqlPTIz"
    "CNaTV5puxnH2GQmiUobS89MbnPjWQ6lZmvPaAzSMP0GqZNlcru5mZnBlSuRrUV2AS7H7ZP"
    "D4TqpfFQg+tVsCF7zaeKTbi0deFSmXGjGzJJgY7Jbd9vuNSP9/HbQr7vAYqgarg0NfQaFS"
    "7t+j4pTu1NHbXLQqdg0U9/v33+11wYyu+iXyIEZFskiHbIJyET32SyxbFHkTSLiexhAXoP"
    "PWtEAmsOFZm7T3B+E9pt8Pxkl4R2TVBihxZvXWPXsFyBZTEzaRs9KdARZcjteif+SIdok5"
    "/FGaNzW0ZnzOsW7M6fl2c6MEFUNT2zY7BCId8wXirfkNlkxf2w5peqrKam1UYZ9Ml4Vljz"
    "qaFebMrHo8UkQrTUWuY3hClwCzcLKE7GXUWaOpIaGblZGp0xeoCK+EqPEB8CXEUSy1Pkvz"
    "zLz3FcAund3FxlBNLr5xm/e9+7vH32PGdzqyw+pJvOn4K0OvfCVKiaLItD59gENHbBMpwi"
    "ZwhHyuK/dbtfp4CG5wo8gxFT5bWvpXmBMyyblWizEm1Wovftu6ZcJXAPsTOca9OfA5q4eF"
    "0JmKq1pkTETRrGdtIw8qN7C5y2vhJQNWdvgdebmaCTHG6V/1pqc3qqUQsNV9Abw+ASs2De"
    "Ue0KmDpsl+4IKDs6kPdE0Cw7tHTZQRjl2vunZECtDrnCB+VqePFizQJg1mhqrNF4cIi06F"
    "4ADN016I52+tLhe4kwhNcg3KzgmEihiRRuO1Jo0jf3FaYyMdo2Zs62duibMOFOw4QmX3Yr"
    "+bKKWWMLrFbP7z5QYiuld+8nRNiLtnM6n4T4vlOwJ9viuL1ubzaxMZQrulauMQwAHsvvbY"
    "j32UIejUoAgxCfWL9MCHyAgaz2k5/1mBD+SNEnPMgjR7j30LMtSjjADQCdWD4ED1B2nUHs"
    "8btRlR3u4pImyNlg3WuXBDlHKCjY4rhMBmmUMUTr+wCgBvcpkKF+I/eLqvf3KfW+aMHmPg"
    "fN/VY3WaQOojSEilFdGlBIw3bH7VPtKPNk36op+iZ9tb2SCr9M34INfN5qBEMBY3A6Y4ot"
    "6AvHcBpixm9+/HoEwxqh5RRsC3HlZnpTTQ8jJ5yUxpG5M6FtyCwxx6RL9xtL45xuKezDH/"
    "U2POaA2nL4NTFAIbgvDk/EklkfnOAPafKXWuraA+qQkVrjFpgwCaDVeUt8cmShwvIrzuxY"
    "InaX2dH5z93l3eVFZw+2yVNkdxyQO34oJndET5G/uIbVQkfREGuCHCbIUT41n56cnu5hYq"
    "4V6eC6K6iX9pVFGve8ye75CGFEJ7XEnIMaOTdZziaJs1hZHVcS50oMaE/RipAiDCkVg6uj"
    "ilekj9ulEYu45+JbUc0JWZR/83ubIcwmRC3qf+i7OBSh/c2wtn4vrCGvdTf0ECuso0wdLX"
    "2lgehnqijbHYWc8PHBSatjk+SgxihpulFiyj/3Vx7nxrsOVKV7ATB016Vbe8U7jTLlI3VT"
    "9/aywY9hnreQeHcTbfZzQCOBTdJWd141aJh/Z4oG981/APnDF6TLF1s5WZQxdeqYOp7HvQ"
    "KthIgUxFBeay8XBpCvoPzHDzfXBRGzJSTvJyOXWf9YPqKHmFVZQr0go5z6PMt21ssVJ1ih"
    "Ho2V25j3EAbBvID7BSb/NYM5iwJfx0N6L+ZxQTrnvNe/7t5+VA/4noL33sfBZbdhwc4rpK"
    "4HXR6014c6fVS9EhRbIjA6/4paMx+40ELYYhNouRMuBUUV59ruGwRIuWxQ8kFNDcMmhTqe"
    "1Y+9R0vpRG/ySRBm6tGZejKRSvFiadv1aZQZ/ptUL+jM+jmprYrsBsMB4f9UrHTILmUdlM"
    "Sq1jmkB2qVSofNdCkMkDtRKtLoSLkWXfZpzEphW5YJN8ziLFZpDzCgSuPifAICNbUpyFH4"
    "j/x9+ez4EI+ZeDXOXr0qITTxYXivvA8THzqLjuW8dP5SaTAcdz9Cdp+fnlZgl/cqZFcey2"
    "2OSDBTLmcWO+QpiHHINR3yvTqGX/4PsXjtdg=="
)
