CREATE TABLE inventory_stock (
    sku text NOT NULL PRIMARY KEY,
    on_hand bigint NOT NULL,
    reserved bigint NOT NULL,
    CHECK (reserved >= 0 AND reserved <= on_hand)
);

-- What a reservation holds. Rows go when it is released.
CREATE TABLE inventory_reservation (
    reservation_id text NOT NULL,
    sku text NOT NULL,
    quantity bigint NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (reservation_id, sku)
);

-- One row for each reservation that was ever asked for or released. Reserving and releasing take their turn on it. A release stays
-- for ever, so that a reserve command that arrives after it holds nothing.
CREATE TABLE inventory_reservation_state (
    reservation_id text NOT NULL PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('open', 'held', 'released'))
);

INSERT INTO inventory_stock (sku, on_hand, reserved) VALUES
    ('SKU-1001', 1000000, 0),
    ('SKU-1002', 1000000, 0),
    ('SKU-1003', 1000000, 0),
    ('SKU-1004', 1000000, 0),
    ('SKU-1005', 1000000, 0),
    ('SKU-1006', 1000000, 0),
    ('SKU-1007', 1000000, 0),
    ('SKU-1008', 1000000, 0),
    ('SKU-1009', 1000000, 0),
    ('SKU-1010', 1000000, 0),
    ('SKU-OUT', 0, 0);
