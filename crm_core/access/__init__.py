"""Who may come in: users, passwords, second step, sessions, set-up links, limits on trying."""
