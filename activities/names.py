"""The names of the activities, so that workflows call them without importing what they touch."""

RECORD = "record"
OPEN_COVENANT = "open_covenant"
ANSWERS_ON_RECORD = "answers_on_record"
SEND_MAIL = "send_mail"
MAKE_DOCUMENT = "make_document"
ISSUE_CODE = "issue_code"
CHECK_CODE = "check_code"
