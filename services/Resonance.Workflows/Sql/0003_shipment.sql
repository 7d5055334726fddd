-- A shipment that was cancelled before it was arranged has a row, too, so that the late command arranges nothing.
CREATE TABLE shipment (
    shipment_id text NOT NULL PRIMARY KEY,
    reference text,
    customer_id text,
    tracking_number text,
    status text NOT NULL CHECK (status IN ('arranged', 'cancelled')),
    CHECK (status = 'cancelled' OR tracking_number IS NOT NULL)
);
