"""Reports of mail servers about mails that came back."""


def report(fields: str, returned: str) -> bytes:
    """Write a report with its delivery status and what came back."""
    return (
        "From: MAILER-DAEMON@mail.example\r\nTo: polder@polder.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mail.example\r\n\r\n"
        f"{fields}\r\n"
        f"--b\r\n{returned}\r\n--b--\r\n"
    ).encode()


def failed(mail: bytes, recipient: str, problem: str = "550 no such mailbox") -> bytes:
    """Write the report that a mail of ours came back."""
    return report(
        f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nDiagnostic-Code: smtp; {problem}\r\n",
        "Content-Type: text/rfc822-headers\r\n\r\n" + mail.decode().partition("\r\n\r\n")[0],
    )
