"""``python -m peristiwa`` is ``peristiwa``."""

from peristiwa.cli import main

if __name__ == "__main__":
    main()
