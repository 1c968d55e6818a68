"""What several tests need: small tables, small projects, servers on loopback."""
