"""Takes from a reader's process what it no longer needs once its libraries are loaded.

Linux's Landlock (https://docs.kernel.org/userspace-api/landlock.html): from here on no file can be
opened and no address connected to, in addition to the limits and the empty network namespace of
`app.core.decoding.confine`, and also where the machine permits no namespace. Descriptors that are open stay.
"""

import ctypes
import struct

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_VERSION = 1
_FS_RIGHTS_OF_ABI = (0, 13, 14, 15, 15, 16)
"""How many rights on files each version of the interface knows, beginning with version 0."""
_NET_RIGHTS = 0b11
_SCOPES = 0b11


def seal() -> bool:
    """Allow no further file and no address; false where the kernel does not offer that."""
    libc = ctypes.CDLL(None, use_errno=True)
    abi = libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if abi < 1:
        return False
    files = (1 << _FS_RIGHTS_OF_ABI[min(abi, len(_FS_RIGHTS_OF_ABI) - 1)]) - 1
    fields = [files]
    if abi >= 4:
        fields.append(_NET_RIGHTS)
    if abi >= 6:
        fields.append(_SCOPES)
    rules = struct.pack(f"={len(fields)}Q", *fields)
    handle = libc.syscall(_CREATE_RULESET, rules, len(rules), 0)
    return bool(handle >= 0 and libc.syscall(_RESTRICT_SELF, handle, 0) == 0)
