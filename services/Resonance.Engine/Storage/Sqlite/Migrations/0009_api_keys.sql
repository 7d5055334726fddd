-- Who may come in with a key. The key itself is kept nowhere: the hash is SHA-256 over 256 random bits.
CREATE TABLE api_key (
    id text NOT NULL PRIMARY KEY,
    name text NOT NULL,
    role text NOT NULL,
    hash text NOT NULL,
    created_at text NOT NULL,
    created_by text NOT NULL,
    expires_at text,
    revoked_at text
);

-- The journal has names: while a key can act, its name stands for nobody else.
CREATE UNIQUE INDEX api_key_name ON api_key (name) WHERE revoked_at IS NULL;
