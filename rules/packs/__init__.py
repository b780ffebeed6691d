"""Policy packs as data, one module each; `rules.policy_packs` lists them. No logic lives here."""
