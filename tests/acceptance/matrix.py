"""Which answer everybody there is gets from every published endpoint."""

WHO = ("anonymous", "expired", "operator", "stranger", "revoked", "viewer", "editor", "owner")
YES = 200
"""Not refused for who asks: any status but 401, 403 and 404."""

ANYBODY = dict.fromkeys(WHO, YES)
MEMBERS_OF_THE_SERVICE = {**ANYBODY, "anonymous": 401, "expired": 401, "operator": 401}
READ = {**MEMBERS_OF_THE_SERVICE, "stranger": 404, "revoked": 404}
EDIT = {**READ, "viewer": 403}
OWN = {**EDIT, "editor": 403}
PRIVATE = {**OWN, "viewer": 404, "editor": 404}
OPERATORS = {**dict.fromkeys(WHO, 401), "operator": YES}
MATRIX = {
    "health_live": ANYBODY,
    "health_ready": ANYBODY,
    "read_openapi": ANYBODY,
    "read_docs": ANYBODY,
    "read_docs_asset": ANYBODY,
    "sign_up": ANYBODY,
    "check_availability": ANYBODY,
    "sign_in": ANYBODY,
    "refresh_session": dict.fromkeys(WHO, 401),  # the example's token is nobody's
    "read_profile": MEMBERS_OF_THE_SERVICE,
    "change_profile": MEMBERS_OF_THE_SERVICE,
    "delete_account": MEMBERS_OF_THE_SERVICE,
    "change_password": MEMBERS_OF_THE_SERVICE,
    "put_avatar": MEMBERS_OF_THE_SERVICE,
    "read_avatar": {**MEMBERS_OF_THE_SERVICE, **dict.fromkeys(WHO[3:], 404)},  # nobody here has one
    "delete_avatar": MEMBERS_OF_THE_SERVICE,
    "sign_out": MEMBERS_OF_THE_SERVICE,
    "sign_out_everywhere": MEMBERS_OF_THE_SERVICE,
    "create_trip": MEMBERS_OF_THE_SERVICE,
    "list_trips": MEMBERS_OF_THE_SERVICE,
    "delete_trips": MEMBERS_OF_THE_SERVICE,
    "list_notifications": MEMBERS_OF_THE_SERVICE,
    "accept_invitation": MEMBERS_OF_THE_SERVICE,
    "read_trip": READ,
    "list_members": READ,
    "list_destinations": READ,
    "list_people": READ,
    "change_trip": EDIT,
    "replace_members": EDIT,
    "add_member": EDIT,
    "change_member": EDIT,
    "delete_member": EDIT,
    "replace_destinations": EDIT,
    "add_destination": EDIT,
    "change_destination": EDIT,
    "delete_destination": EDIT,
    "delete_trip": OWN,
    "invite_to_trip": OWN,
    "list_invitations": OWN,
    "revoke_invitation": OWN,
    "remove_person": OWN,
    "request_schedule": EDIT,
    "watch_schedule_job": EDIT,
    "cancel_schedule_job": EDIT,
    "read_schedule": EDIT,
    "read_timetable": READ,
    "read_trip_weather": READ,
    "edit_schedule_day": EDIT,
    "list_schedule_versions": EDIT,
    "compare_schedule_versions": EDIT,
    "read_schedule_version": EDIT,
    "restore_schedule_version": EDIT,
    "find_nearby_places": MEMBERS_OF_THE_SERVICE,
    "search_places_by_name": MEMBERS_OF_THE_SERVICE,
    "read_place": MEMBERS_OF_THE_SERVICE,
    "read_place_hours": MEMBERS_OF_THE_SERVICE,
    "recommend_place": EDIT,
    "start_place_search": MEMBERS_OF_THE_SERVICE,
    "read_place_search": PRIVATE,
    "mark_notification_read": PRIVATE,
    "request_export": MEMBERS_OF_THE_SERVICE,
    "list_exports": MEMBERS_OF_THE_SERVICE,
    "read_export": PRIVATE,
    "download_export": PRIVATE,
    "operator_read_audit_log": OPERATORS,
    "operator_find_account": OPERATORS,
    "operator_unlock_account": OPERATORS,
    "operator_end_sessions": OPERATORS,
    "operator_read_job": OPERATORS,
}
