"""`python -m tests.prove.restore [SEED]`: the restore as the issue words it, to docs/proof/restore.md."""

import sys

from tests.prove.restore import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
