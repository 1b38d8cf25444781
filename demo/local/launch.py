"""Becomes another program that ends with the one that asked for it: `launch.py PARENT ACCOUNT PROGRAM ARGUMENT...`

The kernel kills it when its parent dies, also where that is between start and the first line of the program. It runs
as ACCOUNT (`uid:gid`, `-` for the caller's own) from the first line on. Standard library only: run with `-I -S`.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, account, *program = sys.argv[1:]
    if account != "-":
        uid, gid = map(int, account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of account, which would reset it. It is the parent's thread that counts, see children.py.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):
            sys.exit("forelderen er borte")
    os.execvp(program[0], program)  # noqa: S606 - to become the program is its task


main()
