"""What can go wrong, each with its subject. Expected failures of one outlet or page are values, not errors."""


class KiemTinError(Exception):
    """Root of all errors that a command reports as one line."""


class ConfigError(KiemTinError):
    """`kiemtin.toml` or a `KIEMTIN_...` variable cannot be used."""


class CatalogError(KiemTinError):
    """`outlets.toml` cannot be used: the message names the entry and the key."""


class DataDirError(KiemTinError):
    """The data directory cannot be read or written."""


class BusyError(DataDirError):
    """Another command is writing to the same data directory."""


class InputError(KiemTinError):
    """A file or text handed to a command cannot be read as what it should be."""


class CrawlError(KiemTinError):
    """The crawl as a whole could not be done (not: one outlet failed)."""
