"""How a thing changes state."""
