"""`python -m reportedly`."""

from reportedly.cli import main

raise SystemExit(main())
