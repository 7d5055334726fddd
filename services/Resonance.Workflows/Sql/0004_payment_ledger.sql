-- Our side of the books: what payments say that they took and gave back. Amounts are whole ten-thousandths of the currency's unit.
CREATE TABLE payment_ledger (
    capture_id text NOT NULL,
    operation text NOT NULL CHECK (operation IN ('capture', 'refund')),
    payment_id text NOT NULL,
    reference text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    currency text NOT NULL,
    occurred_at text NOT NULL,
    PRIMARY KEY (capture_id, operation)
);

CREATE INDEX payment_ledger_period ON payment_ledger (occurred_at);
