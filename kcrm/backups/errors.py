"""Why a back-up or a restore was not done."""


class BackupError(Exception):
    """A sentence for the person at the terminal: what is wrong and what to do."""
