-- The books of the simulated card provider.
CREATE TABLE card_operation (
    idempotency_key text NOT NULL PRIMARY KEY,
    operation text NOT NULL CHECK (operation IN ('assess', 'capture', 'refund')),
    -- Of a capture: its id. Of a refund: the capture that is given back. Empty when there is none.
    capture_id text NOT NULL,
    token text NOT NULL,
    amount text NOT NULL,
    currency text NOT NULL,
    attempts integer NOT NULL CHECK (attempts > 0),
    -- Of a capture: the key of the one refund that paid out.
    refunded_by text
);

CREATE UNIQUE INDEX card_operation_capture ON card_operation (capture_id) WHERE operation = 'capture' AND capture_id <> '';
