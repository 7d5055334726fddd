-- One row for each idempotency key that a worker has seen. `reply` is null until the work is done: an attempt that ended without
-- an answer, or that may be tried again, leaves only its count.
CREATE TABLE worker_effect (
    idempotency_key text NOT NULL PRIMARY KEY,
    command text NOT NULL,
    reply_type text,
    reply text,
    attempts integer NOT NULL CHECK (attempts > 0),
    first_at text NOT NULL,
    last_at text NOT NULL,
    CHECK ((reply IS NULL) = (reply_type IS NULL))
);
