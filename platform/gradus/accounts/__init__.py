"""Users, roles, profiles, sign-up."""
