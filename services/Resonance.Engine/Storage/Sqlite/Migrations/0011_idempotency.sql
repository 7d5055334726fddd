-- Answers to requests with an Idempotency-Key, so that the same request again gets the same answer. Times are texts of ISO 8601 in UTC with
-- six decimals, which sort as the times do. A row without a status is of a request under way.
CREATE TABLE idempotency (
    key TEXT NOT NULL PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    claim TEXT NOT NULL,
    claimed_until TEXT NOT NULL,
    status INTEGER,
    headers TEXT,
    body BLOB,
    expires_at TEXT NOT NULL,
    CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL))
) STRICT;

CREATE INDEX idempotency_expires_at ON idempotency (expires_at);
