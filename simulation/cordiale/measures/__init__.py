"""What is measured of a world: pure functions on arrays, and the catalogue that names them."""
