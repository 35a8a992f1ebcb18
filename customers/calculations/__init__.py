"""Pure arithmetic and rules of this app: no Django, no clock."""
