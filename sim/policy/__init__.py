"""The policy: its values (`policy.yaml`), and its rules as pure functions, one module a topic."""
