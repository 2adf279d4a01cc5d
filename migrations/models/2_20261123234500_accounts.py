from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE users
            -- null for people who were stored before this was noted
            ADD COLUMN aadhaar_keys TEXT CHECK (aadhaar_keys ~ '^[0-9a-f]{16}$'),
            ADD COLUMN consent_version TEXT CHECK (btrim(consent_version) <> ''),
            ADD COLUMN consented_at TIMESTAMPTZ,
            ADD COLUMN erased_at TIMESTAMPTZ,
            ADD CONSTRAINT users_consent_check CHECK ((consent_version IS NULL) = (consented_at IS NULL)),
            ADD CONSTRAINT users_erased_check CHECK (
                erased_at IS NULL OR num_nonnulls(phone, address, annual_income, password_hash) = 0 AND NOT is_active
            );

        ALTER TABLE refresh_tokens
            ADD COLUMN successor BYTEA,
            ADD CONSTRAINT refresh_tokens_successor_check CHECK (successor IS NULL OR rotated_at IS NOT NULL);
        CREATE INDEX refresh_tokens_successors ON refresh_tokens (rotated_at) WHERE successor IS NOT NULL;
        -- what ends every session of an account
        CREATE INDEX refresh_tokens_users ON refresh_tokens (user_id) WHERE revoked_at IS NULL;
        """


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP INDEX refresh_tokens_users, refresh_tokens_successors;
        ALTER TABLE refresh_tokens DROP COLUMN successor;
        ALTER TABLE users
            DROP COLUMN aadhaar_keys, DROP COLUMN consent_version, DROP COLUMN consented_at, DROP COLUMN erased_at;
        """


MODELS_STATE = (
    "eJztXW13mzgW/iscf9n2HCYnTdqmM9/sxJ3xbprMps7O25nDyCDb2mDJRSKpz2z/+0oCbM"
    "ACI+LY2OhTG9CD4blC995HV+Lvzox40Kcn9xQGnR+svzsYzCD/T+a4bXXAfL46Kg4wMPJl"
    "w5C3kEfAiLIAuIwfHAOfQn7Ig9QN0JwhgvlRHPq+OEhc3hDhyepQiNGXEDqMTCCbyhv540"
    "9+GGEPfoU0+XP+4IwR9L3MfSJP/LY87rDFXB7rockAs4+yrfjBkeMSP5zhVfv5gk0JXgIQ"
    "ZuLoBGIYAAbFL7AgFE8gbjB+0uShoptdNYnuMoXx4BiEPks98chZHes4zs3t0PncHzpOR4"
    "Mjl2DBL79VKgmYiFv47vuzs/Pzi7PT8/cf3r29uHj34fQDbyvvd/3UxbfoZlZsRZeSnA1+"
    "HNwMxQ0RbsTItOLAN4kBDEQoaYwV+/LfNf6H8GsB+0n7HP/8wfL8J2yXGSA5sLLAquPtwA"
    "QlbA77v0ouZ5R+8cWBm/907y5/6t69+tT99bU8s4jPXN/e/Jg0X1F/c3l925Pkr8iGM4B8"
    "HbaXAEN3DboB8KYABI6HJpAy1SiDQbBQM7+OzZlgtGCQHpcReoLCtBG4DXqDm+7db2orJO"
    "3nhLJJIC/U6f027HcL7OCiOfcNjPf2erbI4o09nmsPH1DmjEkY6AxJSrAZnmoMT3NOmZbv"
    "XQJq0R3HNm1lG3gefyWoVldfQQzjNRjHOAS+g7BLVDHmFXTRDPgF1OexOQN4EfgkvshRGe"
    "Oqfzn41L1+9eatfSa558wjBmMHIK3y9vR1fjABlD6RwHOmgE61BpU80HR1/a7uBtBDzKEu"
    "CRQ9/TPvoX5hPpvHbs5sm89/nNuen128X2az4o+y/PUz7/PXScKqptZzgCJ0vOK0MDSDm+"
    "lN8PnBJL7ASfKfwyO8rMMPPvU/D7uffs70+qvusC/OnGV6fHL01fvX2U6/vIj1y2D4kyX+"
    "tH6/vennw81lu+HvHXFPIGTEweTJ4b40xUlyODmUsTiiDnAZelS8ST1CfAhwgTCUxuWzAw"
    "58qZA0EY12nBzc3l5nLNob5Aeq+0+9/t2rNzkfonzFBCX1Xq4UcguvVdNygg5/QO8W+4vY"
    "zgfynsVdsvQ1SxK5B7jQi4pzOBMv1IgX+M9DzJxHGFBxqxr0K6DGArUtUG/Uy2FNONHkcI"
    "LTTmuZOQM0Nm6ajcWE4vghNaklDoyA+/AEeDa7doackaK266dmZ7P8EYDBRBpJsCnuM55f"
    "vZ0LmxPl3OvynF02/0riVmYOtqVzsGZacLe6+36lsrbTb9J7k943pe8fWXrfkJDoDo75c0"
    "yH5AFiVViUOV8aGgVRSx7T8KYmPmppfDQGM8Rf0TUL3N8PrtT8rxA5G4Qh8k4E7gAHqxJe"
    "pU8+j0ab9DginzTrDeSrVBD6lBXhZHGm+CYf/FQtvoFf54ifrqNHZJBH6I0PxPtWUp0Cwm"
    "oGXVmk0Z0abWX4yIfFWlbOII2Vm2xlGroupJQo6iTLPGYGVtNhHo5VX8pfmuy10BpHlr2m"
    "rZ5o4o5u5pUDHlEx1U6SsJUFxKowbfZTIMO8DvNryk3WEOtW+EgCiCb4XzByPgN+3wC7Km"
    "00tw7wsCzwLelhydHVLQbgaanUpDsef3T+wDBSQ+/4QHQ3uBx2lKPLFmhNT/EdJ7W5EbWA"
    "3v0ojZ+5rQb4I0B+GMCOQmrMNrDLtEbKmzoIO+OocTW1sXOLoSUQ0LPEBb5D2CJjC2ALuC"
    "4JMbNIYI0DMpOHovUEtvXA3R62pjCA1mhhAStaZGYR7spPOjnjvcwvGC20wc7ALtFCY6PX"
    "W9O4hjUyXt20JHoja2QlGaBJSpqelDRkSu1SrmLoUspH9xmUvnrN1621KXV38boIsGyu4f"
    "BcMpuHTDgksarCekJsanE3Yo2AL6Il22KEcTT3SJ4V+SjELJffrXRUahe3hWsap3agTq3W"
    "uqnnLZhq3LC5vRVT8RujcExlKy5TqGevtWwauRUWW56daiy2jMdOOSJp0pyHGq43cO3BUU"
    "2qc0jD9Aam+aUxFSV2nCXpYdf5LhyMldhjGpjP3ry9ePvh/P3b5ei8PFI2RK+PzlHAVSt1"
    "yEFN8tD05GHvenrj7Ns+Qb1pJtieor6fTHi48jQdRRKcPm2X5b8pj6WR+V7e9a8GQyG5Xv"
    "V7g+GJ9RcJPISB/5fFoM/TU/glBL4VkCcqVFoitFvkQwvMQcBsixKe0wKeus7mJGDcTCKJ"
    "BRNuBiHdUgsTNuVH1RnyDn/bZNINHtrsMnnYbHmnFSi/lDxMXDcMxIYjqsXdIsorqF7Iws"
    "oivOOyg4jQchQ+8Ltc5654dVbS3izKqrNX10yd8JVv0jUryPRakVtrbc8Ve2qNjDqFOKbQ"
    "/1l5dEMmYwYyglJFn/GZ0sAzir8qxpzDKbQoI4LZdEz3DyrDPDEp4nvRDP+YN4HBnLdksj"
    "7A98X0ycIaE98nT9EkiXWPeTNEp9CzRfSHqDURlyRYzresh527/3kTeR5o5JnqAHphZw5o"
    "Ys66MSeGTzxud2oJTevYY3I6Oy6dpYwn3LUU3izSCLyHJPAmrq1OTVAWalYDNW01UKMCz5"
    "9BWfApz1YIQB2hClaMQruWaByXnUbwWEukMjwU8Zws2EGMWnNI5jJElAUadD2ofPbVTIzY"
    "aEdYHCPO475ZMQVOmh9TKLK1eWSRgIlhC2r26CzumKjdcZQniRTjj2ojo00GWOKMAWobIH"
    "INDvcKcm9vPSsowMYUz8h4au7OngGafKcpgXClJbpjbZUhjjyNwLDdghYyXjeDdjnLSro+"
    "MBNUXsc4bmI5yzUByjoWedwuS+N83sJsidbSTMrM177sfC2/Lg/QKXOCuNRCg+Y1bBvZfm"
    "+fVy/xB8hf1GE6CzQ0l9MsHIbDu+ZMQ4LJYI4pYtuaDuMhOgoDql3qlce1utbLXXDP53hA"
    "9SWa4g+nZUCmc6o6Z6jNahpiOFVwOkMYzcKZI4iq4bNUcOO5yj0XnCFNlmNEG4nV+2wo/z"
    "UXzYHv1Fs1rMQb1qtmF3wQqJtcxFDD9QaugesGIY+yEuJ0c2YFvI2cn53aF9qcs2lAwoli"
    "o/HisFgBNZExdUbI91VTXOXBcRpnYjnVFCKoNQinYW0cDDSdHWXA98UWQ7X83RraML6B8V"
    "SKUT85MUxXWdbje3EsprvQLw98ppM7nHpPhY/D8CuTnopfUpNHBbTNTLo+0VciM6BWs2e2"
    "mm9hHQuYz33kArl1ke6k9jr2mMLsNuw4317qzQ45zywo0ttzPjVUbIFaUR7UzV5Rl+W9Vt"
    "FU5Xh9gG1c9VbaDAWFXDlLldd0Oaln1tiZKIWyABXLq5/4P/8NPX7jP8iddEX6RvlpWy6s"
    "4Q6d8h+w5Ya64nS07674C2GXzKBYoCOX5cyIyL7VexLt5FdNlVqD3YhtmSq1fckPpqKn8w"
    "KisKn9e2Yf/l6n9i92D+s8F+/0lMaY3Z5q7PYUe+F1zrtBAAq26Uhhcpz7iB7isLGB9D/+"
    "VG/6XWuv+jz2iD6Oto0d6wHGIfCdKALUDRfy2GePuA3jedtBgyDE0y9XzaDaPSVvZOIWys"
    "RGnTTqZBNMsD11cj+SWQ/5fkehk8njdpk4JqZ5zYLHlkpJsp5NQ+ZYtj+mcXdrEkdSMeGp"
    "FY7CKDCPa3UcGK2U0SMwjWk1eWbhwT5yv5pF8G0vfjfVl41kOlUbrN2hM0jD9AamTZ387s"
    "ZmZw5UqUa1aacEux+2Tw+E6lXwUIPrdbAhe8PHUo1c2jq5VJYZ6EomKdAxpe37lUv9eCex"
    "LVQcHqAJqsqlqa7XKLm06/ukuLgwddYuk07Bsp3+jt/8fwsRKP8Q/SUkINsiQbRHNwmZ+C"
    "qMLc49ibI9TGQLC9AH6FljElgLqKgdfIHrG2m3weOTXSLtGlFihxFv3WDXsFyBZTEyaQc9"
    "KdARlQXtei/wyIdok5/FmaBzW0FnzOsW4s6fV1c6MENUDT2zfbDCUqJRPFX+TGaTGffDGl"
    "+qspoaVhsV0Cf9WRHNp7p6cSgf9xZTCNHSaDn13Xqltysum19HmuL5GsXzWRqdCXqECn2l"
    "R4gPAa5iidUl8t++5Nc4LoP0bm+vMwbpDfKM33/q9e9evcnF3KqID+nWMKcgra69MMvyTJ"
    "XFoXNsBI1dsAxnyBnBsXLF06b9d1NAw3MFnsGYqeraN9K8xBmWzUy0mYk2M9H7zl1TqRJ4"
    "gNgZLbTpzwGNLl7XAmbVWlMUcVOGsZ0yjHzv3gKnrV8JqBqzt8Dr7VzQSapw27DBuiq1OT"
    "/VqImGa+hNYNDHLFh0VPuSpU7bpXuSyYYO5C0RNNMOLZ12EEG59qYRGVCrJVf4qJwNL56s"
    "WQLMHE2NORoPjpAW3UuAobsG3dH2Rjp8rxCG8BqEmxkcoxQapXDbSqEp39yXTGU02jZWzr"
    "a26xuZcKcyoamX3Uq9rGLU2AKr1eu7D5TYSuXd+5EIe9F2TpfTED90CvZkW563N+3NJjaG"
    "ckXTymsMA4Ancsd/8T5byKPREsAgxCfWL1MCH2EgV/vJDwtMCX+k6CMC5Ikj3Afo2RYlHO"
    "AGgE4tH4JHKJvOIfb43aiWHe7iJ43I2WDfa5eInGMUUP1IKI0ygWj9HADU4D4FMtQ/K/2i"
    "6v19SrMvWrC5z0Fzv9VNFqmDKA2hzpeb87DdcftSO8q82Ac6ir6KXW2vpMJvY7dgA58PGm"
    "IoYAzO5kzxuYjCPpyGmP6b778ewbCGtJyCbUFXbmY21XQZOeGkVEfmyYR2ILPCHJMv3a+W"
    "xjndkuzDH/UuPGZBbdX9mihQCO6L5YnYMpvFCf6Qpn6ppak9oA4Zqz1uQQiTAFpdt8QHRx"
    "YqIr/iyo4VYneVHZ1/3/fv+1edPcQmL1HdcUDp+KGE3BE9RfniBlYLE0VDrBE5jMhRPjSf"
    "npye7mFgrqV0cN8V1Cv7yiJNet7k9HyMMKLTWmbOQY2dm2xnU8RZ7KyOq4hzTQPak1oRUo"
    "QhpaJzdVR6Rfq8XapYxC2X34pqjmRR/qHjbUqYTVAt6n/duFiK0P5mWFu/F9aQ17oLA+RO"
    "VS90fKb0VQarNo15h9uiOT4zGSt+hR9hQJFqLeTlFARqalOQo1jyxN+Xr44P8YSJV+Ps3b"
    "sSQpOMi7fKBQaJXHYWnctNPPOXSoPhuPkRsvvm9LQCu7xVIbvyXG6NE8FMWcL7z8+3NwVx"
    "8QqSd0bIZdb/LB/RQ5ytLCFXkFEu8Oa13FxIKy7Q27cz+/Z/tQPo/A=="
)
