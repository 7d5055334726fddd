-- When the provider did it, and from when on it is on a statement. Both are null where nothing was taken or given back.
ALTER TABLE card_operation ADD COLUMN recorded_at text;
ALTER TABLE card_operation ADD COLUMN posted_at text;

CREATE INDEX card_operation_period ON card_operation (recorded_at, idempotency_key);
