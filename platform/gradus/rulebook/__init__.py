"""Books as a product: what a change of rules would change, before it is published."""
