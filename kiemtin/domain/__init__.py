"""The field's own names, as frozen values. Nothing here does input or output."""
