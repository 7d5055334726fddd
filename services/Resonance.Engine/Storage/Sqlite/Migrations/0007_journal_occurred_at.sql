-- For reading a period.
CREATE INDEX IF NOT EXISTS journal_occurred_at ON journal (occurred_at);
