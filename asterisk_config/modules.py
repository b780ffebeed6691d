"""Which of Asterisk's modules are loaded, and what for: nothing else is, so nothing else can be attacked.

Checked against Asterisk 22.10: without any one of these something of ours fails, not always loudly.
"""

from asterisk_config.settings import AsteriskSettings

ALWAYS = {
    "ground": "res_timing_timerfd res_crypto res_sorcery_config res_sorcery_memory res_sorcery_astdb",
    "sip": """
        res_pjproject res_pjsip res_pjsip_pubsub res_pjsip_session res_pjsip_sdp_rtp res_rtp_asterisk
        chan_pjsip res_pjsip_acl res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user
        res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest res_pjsip_outbound_registration
        res_pjsip_registrar res_pjsip_caller_id res_pjsip_nat res_pjsip_rfc3326 res_pjsip_logger
        res_pjsip_header_funcs res_pjsip_dtmf_info
    """,
    "ari": """
        res_http_websocket res_websocket_client res_stasis res_stasis_answer res_stasis_playback
        res_stasis_recording res_stasis_snoop res_stasis_device_state app_stasis res_ari res_ari_model
        res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels res_ari_device_states
        res_ari_endpoints res_ari_events res_ari_playbacks res_ari_recordings res_ari_sounds
    """,
    # chan_bridge_media: without it music, playing and recording in a bridge answer "Allocation failed".
    "bridges": "bridge_simple bridge_softmix bridge_holding bridge_native_rtp chan_bridge_media",
    "speech": """
        codec_ulaw codec_alaw codec_gsm codec_resample format_gsm format_wav format_pcm format_sln
        res_musiconhold
    """,
    "dialplan": """
        pbx_config app_playback app_amd app_mixmonitor app_playtones app_userevent app_verbose func_channel
        func_callerid func_strings func_logic func_db func_global func_hangupcause func_timeout
        func_talkdetect
    """,
}
WEBRTC = "res_pjsip_transport_websocket res_srtp codec_opus_open_source res_format_attr_opus"
CALL_RECORDS = "cdr_csv"


def modules_needed(settings: AsteriskSettings) -> tuple[str, ...]:
    """Names of the modules to load, without ending."""
    names = [name for group in ALWAYS.values() for name in group.split()]
    if settings.has_webrtc:
        names += WEBRTC.split()
    if settings.call_records:
        names += CALL_RECORDS.split()
    return tuple(names)
