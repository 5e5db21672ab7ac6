"""Tables: columns, and what may be said of them."""
