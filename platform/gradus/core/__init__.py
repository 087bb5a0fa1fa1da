"""The ground: time, money, ids, base templates, design system."""
