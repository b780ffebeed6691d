"""Faults at the door of the console: who should stay out comes in, what counts once counts twice."""

from tests.house.mutants.mutant import Mutant

DOOR = "tests/integration/test_console_door.py"
ACCOUNTS = "tests/integration/test_console_accounts.py"
SITE = "tests/unit/agent_console/test_site.py"
EYES = "tests/integration/test_perspectives.py"
RECORDS = "tests/integration/test_console_records.py"


def fault(name: str, catches: str, path: str, before: str, after: str) -> Mutant:
    """A fault in the console or in the tables of the door."""
    return Mutant(name=f"console: {name}", catches=catches, path=path, before=before, after=after)


MUTANTS: tuple[Mutant, ...] = (
    fault(
        "forms pass in somebody else's perspective",
        f"{EYES}::test_no_form_passes_while_somebody_looks_with_other_eyes",
        "agent_console/doorkeeper.py",
        "        _check_perspective(request)\n",
        "",
    ),
    fault(
        "a supervisor looks with the eyes of other leaders",
        f"{EYES}::test_everybody_leads_those_of_lower_rank_in_his_part_of_the_tree",
        "crm_core/access/perspectives.py",
        "and not u.roles && '{manager,supervisor}'::text[])",
        ")",
    ),
    fault(
        "the subordinate is said to have looked himself",
        f"{EYES}::test_perspective_shows_his_lists_and_is_written_down_in_the_managers_name",
        "crm_core/access/perspectives.py",
        "await tell(connection, user_id, kind,",
        "await tell(connection, seen_id, kind,",
    ),
    fault(
        "forms of other sites are taken",
        f"{DOOR}::test_form_of_another_site_is_refused_before_anything_is_looked_at",
        "agent_console/doorkeeper.py",
        "if not is_from_own_page(site, request.method, request.host, request.headers):",
        "if site is None:",
    ),
    fault(
        "sockets of other sites are opened",
        f"{DOOR}::test_socket_of_another_site_is_refused_with_a_valid_session",
        "agent_console/site.py",
        'if method in SAFE_METHODS and "Upgrade" not in headers:',
        "if method in SAFE_METHODS:",
    ),
    fault(
        "forms without the session's word are taken",
        f"{DOOR}::test_form_without_the_sessions_own_word_is_refused",
        "agent_console/doorkeeper.py",
        "        await _check_request_token(request)\n",
        "        pass\n",
    ),
    fault(
        "the word is the same for all sessions",
        f"{DOOR}::test_word_of_one_session_does_not_serve_another",
        "crm_core/access/tokens.py",
        "hmac.new(session_token.encode(),",
        "hmac.new(b'key',",
    ),
    fault(
        "a session that nobody uses lives on",
        f"{DOOR}::test_session_without_use_or_too_old_is_over",
        "crm_core/access/sessions.py",
        "s.expires_at > $2 and s.seen_at > {IDLE_SINCE} and u.is_active",
        "s.expires_at > $2 and u.is_active",
    ),
    fault(
        "a session in use lives for ever",
        f"{DOOR}::test_session_without_use_or_too_old_is_over",
        "crm_core/access/sessions.py",
        "s.expires_at > $2 and s.seen_at > {IDLE_SINCE} and u.is_active",
        "s.seen_at > {IDLE_SINCE} and u.is_active",
    ),
    fault(
        "the session before a sign-in stays open",
        f"{DOOR}::test_sign_in_changes_the_token_and_ends_the_session_before",
        "agent_console/pages/sign_in.py",
        "            await sessions.end_session(connection, before.user.id, before.id)\n",
        "            pass\n",
    ),
    fault(
        "passwords of one name are tried without end",
        f"{DOOR}::test_many_wrong_passwords_close_a_name_for_a_while",
        "crm_core/access/sign_in_limits.py",
        "if by_name >= BY_NAME_MAX or by_address",
        "if by_address",
    ),
    fault(
        "names are tried from one address without end",
        f"{DOOR}::test_many_names_from_one_address_close_the_address",
        "crm_core/access/sign_in_limits.py",
        " or by_address >= BY_ADDRESS_MAX:",
        ":",
    ),
    fault(
        "a wrong password counts for nothing",
        f"{DOOR}::test_attempts_at_the_same_time_are_counted_one_by_one",
        "crm_core/access/sign_in_limits.py",
        "and not succeeded),\n",
        "and succeeded),\n",
    ),
    fault(
        "a link is used twice at the same time",
        f"{ACCOUNTS}::test_set_up_link_used_by_two_at_once_serves_one",
        "crm_core/access/set_up_links.py",
        "where token_hash = $1 and used_at is null and expires_at > $2 returning true",
        "where token_hash = $1 and expires_at > $2 returning true",
    ),
    fault(
        "a used link still opens its page",
        f"{ACCOUNTS}::test_set_up_link_used_by_two_at_once_serves_one",
        "crm_core/access/set_up_links.py",
        "l.used_at is null and l.expires_at > $2",
        "l.expires_at > $2",
    ),
    fault(
        "the first link makes a second administrator",
        f"{ACCOUNTS}::test_first_link_is_void_once_there_is_a_user",
        "crm_core/access/set_up_links.py",
        "l.expires_at > $2 and u.is_active is not false\n"
        "            and (l.user_id is not null or not exists (select from crm.users))",
        "l.expires_at > $2 and u.is_active is not false",
    ),
    fault(
        "a code is used twice",
        f"{ACCOUNTS}::test_second_step_asks_for_a_code_that_serves_once",
        "crm_core/access/second_step.py",
        "if step > used_step and is_same_secret",
        "if is_same_secret",
    ),
    fault(
        "a recovery code is used twice",
        f"{ACCOUNTS}::test_second_step_asks_for_a_code_that_serves_once",
        "crm_core/access/second_step.py",
        '"delete from crm.recovery_codes where user_id = $1 and code_hash = $2 returning true"',
        '"select true from crm.recovery_codes where user_id = $1 and code_hash = $2"',
    ),
    fault(
        "the password alone forgives wrong codes",
        f"{ACCOUNTS}::test_password_alone_does_not_forgive_wrong_codes",
        "agent_console/pages/sign_in.py",
        "        if not awaits_code:  # only",
        "        if True:  # only",
    ),
    fault(
        "half a sign-in opens pages",
        f"{ACCOUNTS}::test_second_step_asks_for_a_code_that_serves_once",
        "agent_console/doorkeeper.py",
        "    if session is None or session.awaits_code:\n",
        "    if session is None:\n",
    ),
    fault(
        "everybody administrates",
        f"{ACCOUNTS}::test_administration_is_closed_to_everybody_else",
        "agent_console/doorkeeper.py",
        "if access is Access.ADMINISTRATOR and not perspective_of(request).is_administrator:",
        "if access is Access.ADMINISTRATOR and not perspective_of(request).name:",
    ),
    fault(
        "a session of somebody else is ended",
        f"{ACCOUNTS}::test_session_ended_from_the_list_is_over_at_once",
        "crm_core/access/sessions.py",
        "where user_id = $1 and id = $2 returning id",
        "where $1::bigint is not null and id = $2 returning id",
    ),
    fault(
        "other sessions outlive a new password",
        f"{ACCOUNTS}::test_changed_password_ends_all_other_sessions",
        "agent_console/pages/account.py",
        "        await sessions.end_sessions(connection, user.id)\n        token",
        "        token",
    ),
    fault(
        "sessions are kept with their tokens",
        f"{ACCOUNTS}::test_database_holds_no_token_link_password_or_recovery_code",
        "crm_core/access/sessions.py",
        'user_agent.replace("\\x00", "")[:USER_AGENT_LENGTH_MAX]',
        "token",
    ),
    fault(
        "the log has the path and its secret",
        f"{DOOR}::test_request_log_names_no_person_and_no_secret",
        "agent_console/request_log.py",
        'resource.canonical if resource is not None else "none"',
        "request.path",
    ),
    fault(
        "a failed page says what failed",
        f"{DOOR}::test_page_that_fails_shows_an_id_and_keeps_the_fault_to_itself",
        "agent_console/error_pages.py",
        '"places": places}',
        '"places": [*places, str(error)]}',
    ),
    fault(
        "whoever signs in is sent to another host",
        f"{SITE}::test_local_path_of_any_text_stays_on_this_host",
        "agent_console/site.py",
        'or "\\\\" in text:',
        "or not text:",
    ),
    fault(
        "anybody chooses his address by a header",
        f"{SITE}::test_forwarded_address_is_believed_of_the_trusted_proxy_only",
        "agent_console/site.py",
        "if peer is not None and peer == self.trusted_proxy and forwarded_for:",
        "if peer is not None and forwarded_for:",
    ),
    fault(
        "pages go over the network in the clear",
        "tests/unit/app/test_web_settings.py::test_setting_that_would_send_passwords_in_the_clear_is_refused",
        "app/web_settings.py",
        "if not is_loopback(settings.host) and not settings.is_secure:",
        "if settings.port < 0:",
    ),
    fault(
        "the gate lets everybody wait",
        "tests/unit/agent_console/test_password_gate.py"
        "::test_crowd_at_the_gate_is_refused_and_the_rest_served_in_turn",
        "agent_console/password_gate.py",
        "if self._waiting >= WAITING_MAX:",
        "if self._waiting < 0:",
    ),
    fault(
        "links tell the names of hidden records",
        f"{RECORDS}::test_record_that_a_user_may_not_see_is_not_there",
        "agent_console/records/names.py",
        "            visible_to(viewer, entity),\n",
        "",
    ),
    fault(
        "saving a form changes what nobody touched",
        "tests/unit/agent_console/test_records.py::test_value_of_any_kind_comes_back_from_its_form_unchanged",
        "agent_console/records/inputs.py",
        "return typed.raw or typed.e164",
        "return typed.e164",
    ),
    fault(
        "a stale form is saved over what others changed",
        f"{RECORDS}::test_edit_over_somebody_elses_change_shows_the_difference",
        "agent_console/records/forms.py",
        "_now(request), version=int(version)",
        "_now(request), version=None",
    ),
)
