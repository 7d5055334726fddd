CREATE TABLE stock (
    sku text NOT NULL PRIMARY KEY,
    quantity integer NOT NULL
);
