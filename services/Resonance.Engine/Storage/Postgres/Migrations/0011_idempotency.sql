-- Answers to requests with an Idempotency-Key, so that the same request again gets the same answer. Times are texts of ISO 8601 in UTC with
-- six decimals, which sort as the times do. A row without a status is of a request under way.
CREATE TABLE idempotency (
    key text NOT NULL,
    fingerprint text NOT NULL,
    request_id text NOT NULL,
    claim text NOT NULL,
    claimed_until text NOT NULL,
    status integer,
    headers text,
    body bytea,
    expires_at text NOT NULL,
    CONSTRAINT idempotency_pkey PRIMARY KEY (key),
    CONSTRAINT idempotency_answered CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL))
);

CREATE INDEX idempotency_expires_at ON idempotency (expires_at);
