"""Microsoft Entra: the one credential of this process, and its tokens."""

from shared.identity.credential import Identity

__all__ = ["Identity"]
