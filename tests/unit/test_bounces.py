"""Reports of mail servers, as Postfix, Exim and Exchange write them; and what is none."""

from contextlib import suppress

import pytest
from bouncing import report
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refusal
from rules.bounces import Bounce, read

ID = "<5f0a0c58-6d3c-5b0c-9a44-3c6d6e1f2b7a@polder.example>"
SENT = f"From: polder@polder.example\r\nMessage-ID: {ID}\r\nSubject: Asked\r\n"
HEADERS = f"Content-Type: text/rfc822-headers\r\n\r\n{SENT}"
WHOLE = f"Content-Type: message/rfc822\r\n\r\n{SENT}\r\nDear Ann,\r\n"
POSTFIX = (
    "Final-Recipient: rfc822; ann@Union.example\r\nOriginal-Recipient: rfc822;ann@union.example\r\nAction: failed\r\n"
    "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 <ann@union.example>: no such\r\n mailbox\r\n"
)


@pytest.mark.parametrize(
    ("fields", "returned", "expected"),
    [
        (
            POSTFIX,
            WHOLE,
            Bounce("ann@union.example", ID, "smtp; 550 5.1.1 <ann@union.example>: no such mailbox"),
        ),
        (
            "Action: failed\r\nFinal-Recipient: rfc822;ANN@union.example\r\nStatus: 5.0.0\r\n",
            HEADERS,
            Bounce("ann@union.example", ID, "5.0.0"),
        ),
    ],
)
def test_a_mail_that_came_back(fields: str, returned: str, expected: Bounce) -> None:
    assert read(report(fields, returned)) == expected


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered"])
def test_a_mail_that_is_late_or_arrived_did_not_come_back(action: str) -> None:
    assert read(report(f"Final-Recipient: rfc822; ann@union.example\r\nAction: {action}\r\n", WHOLE)) is None


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"Subject: I am on holiday\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday.",
        report("Action: failed\r\nFinal-Recipient: rfc822; a@b.example\r\n", "Content-Type: text/plain\r\n\r\nnothing"),
    ],
)
def test_what_is_no_report_is_refused(message: bytes) -> None:
    with pytest.raises(Refusal, match="no report of a mail server") as told:
        read(message)
    assert told.value.code == "no_bounce"


@given(st.binary(max_size=400), st.sampled_from([b"", report("Action: failed\r\n", WHOLE)[:700]]))
def test_whatever_comes_in_is_read_or_refused(noise: bytes, before: bytes) -> None:
    with suppress(Refusal):
        found = read(before + noise)
        assert found is None or found.message_id
