"""The dossier: each reader's verifies against the same head, with and without Polder, and every forgery is named."""

import asyncio
import json
import re
import shutil
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import pytest_asyncio
from lives import Engine, between_rounds, in_force, table_on
from pypdf import PdfReader
from table import Table

from activities.authority import own_seal
from activities.providing import seal_of
from acts import dossier, verifier, verifying
from acts.verifying import Kind, Outcome
from models.contracts import Actor, Comment
from models.enums import Lane
from models.errors import Refusal
from rules.access import Viewer
from rules.chain import canonical, sha256
from store import accounts, comments, views
from store.evidence import evidence

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow(20)]

Files = dict[str, bytes]
READERS = ("", "trade", "fay")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def signed(engine: Engine) -> Table:
    """A covenant in force, in which a party once spoke among its own."""
    table = table_on(engine)
    await in_force(table)
    return table


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talking(engine: Engine) -> Table:
    """Talks between two rounds, with a comment of the union for itself."""
    table = table_on(engine)
    await between_rounds(table)
    act = f"{table.slug}-own"
    digest = await comments.put(table.db, "zz-own-words", act)
    await table.steer(
        "comment",
        Comment(act=act, actor=Actor(person="union-lead"), clause="wage", lane=Lane.DELEGATION, text_sha=digest),
    )
    return table


async def made(table: Table, who: str) -> bytes:
    viewer = Viewer()
    if who:
        email = f"{who}@example.org"
        viewer = Viewer(email, await accounts.seats(table.db, email, table.slug))
    seal = seal_of(table.settings)
    return (await dossier.dossier(table.db, table.slug, viewer, await table.now(), seal)).data


async def checked(table: Table, data: bytes, head: str | None = None) -> verifying.Verified:
    return await verifying.verify(table.db, seal_of(table.settings), data, head)


def unpacked(data: bytes) -> Files:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files, *, honest: bool = True) -> bytes:
    """Pack files; `honest` rewrites the list of hashes in the manifest, as a forger would, and drops the seal on it."""
    out, files = BytesIO(), dict(files)
    if honest:
        files.pop("manifest.p7s", None)
        manifest = json.loads(files["manifest.json"])
        manifest["files"] = {name: sha256(data) for name, data in files.items() if name != "manifest.json"}
        files["manifest.json"] = json.dumps(manifest).encode()
    with ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def entries(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["chain.jsonl"].splitlines()]


def written(files: Files, chain: list[dict[str, Any]]) -> None:
    files["chain.jsonl"] = b"".join(canonical(one) + b"\n" for one in chain)


@pytest.mark.parametrize("who", READERS)
async def test_each_readers_dossier_verifies_against_the_same_head(signed: Table, tmp_path: Path, who: str) -> None:
    data = await made(signed, who)
    files = unpacked(data)
    manifest = json.loads(files["manifest.json"])
    assert manifest["head"] == (await views.covenant(signed.db, signed.slug)).head
    found = await checked(signed, data, manifest["head"])
    assert [one.words.en for one in found.findings if one.kind is Kind.WRONG] == []
    assert found.outcome is Outcome.GENUINE
    said = " ".join(one.words.en for one in found.findings)
    for words in (
        "The text in this dossier is the one agreed on" if who else "", "are about exactly this text",
        "The seal is valid", "The chain is that of this installation", "The head you gave is entry",
    ):  # fmt: skip
        assert words in said
    assert ("Of " in said) == (not who), "at the table nothing of this covenant is hidden"

    # without Polder: the program in the dossier, with nothing but Python
    (tmp_path / "dossier.zip").write_bytes(data)
    (tmp_path / "verify.py").write_bytes(files["verify.py"])
    for python in filter(None, (sys.executable, shutil.which("python3", path="/usr/bin"))):
        alone = await asyncio.create_subprocess_exec(
            python, "-I", "-S", "verify.py", "dossier.zip", "--head", manifest["head"],
            cwd=tmp_path, stdout=PIPE, stderr=PIPE,
        )  # fmt: skip
        told, complained = await alone.communicate()
        assert (alone.returncode, complained) == (0, b"")
        assert b"Nothing speaks against this dossier." in told


async def test_the_same_moment_gives_the_same_file(signed: Table) -> None:
    moment = await signed.now()
    one, other = [await dossier.dossier(signed.db, signed.slug, Viewer(), moment) for _ in range(2)]
    assert sha256(one.data) == sha256(other.data)


async def test_what_a_lane_hides_is_a_hash_that_tells_nothing(talking: Table) -> None:
    texts = {who: await made(talking, who) for who in ("", "trade", "union", "fay")}
    for who, data in texts.items():
        files = unpacked(data)
        chain = entries(files)
        hidden = [one for one in chain if "data" not in one]
        assert all(set(one) == {"header_sha256", "sha256"} for one in hidden)
        commented = [one for one in chain if one.get("header", {}).get("kind") == "commented"]
        assert len(commented) == (1 if who == "union" else 0)
        assert b"zz-own-words" not in b"".join(files.values())
        assert (b"too <b>soon</b>" in files["chain.jsonl"]) == bool(who), "an objection of a closed round"
        assert bool([name for name in files if name.startswith("texts/")]) == bool(who)
        assert ("mandates.json" in files) == bool(who)
        assert b"@example.org" not in b"".join(files.values()), "no addresses"
        assert (await checked(talking, data)).outcome is Outcome.GENUINE
    salts = [one["data"]["salt"] for one in entries(unpacked(texts["fay"])) if "data" in one]
    assert len(set(salts)) == len(salts) > 10


# --- forgeries --------------------------------------------------------------------------------------------------------


def changed_answer(files: Files) -> None:
    chain = entries(files)
    one = next(one for one in chain if "task_answered" in json.dumps(one.get("data", {})))
    one["data"]["changes"][0]["respondent"] = "shops"
    written(files, chain)


def changed_answer_with_its_hashes(files: Files) -> None:
    chain = entries(files)
    one = next(one for one in chain if "task_answered" in json.dumps(one.get("data", {})))
    one["data"]["changes"][0]["respondent"] = "shops"
    one["header"]["data_sha256"] = sha256(canonical(one["data"]))
    bare = {key: value for key, value in one["header"].items() if key != "prev"}
    one["sha256"] = sha256(canonical({"header_sha256": sha256(canonical(bare)), "prev": one["header"]["prev"]}))
    written(files, chain)


def reordered(files: Files) -> None:
    chain = entries(files)
    chain[3], chain[4] = chain[4], chain[3]
    written(files, chain)


def removed(files: Files) -> None:
    chain = entries(files)
    del chain[5]
    written(files, chain)


def removed_at_the_end(files: Files) -> None:
    written(files, entries(files)[:-1])


def hidden_entry_swapped(files: Files) -> None:
    chain = entries(files)
    one = next(one for one in chain if "data" in one and one is not chain[-1])
    one.pop("data"), one.pop("header")
    one["header_sha256"] = "0" * 64
    written(files, chain)


def changed_text(files: Files) -> None:
    name = next(name for name in files if name.startswith("texts/wage/"))
    files[name] = files[name].replace(b"wage", b"wagE")


def signature_added(files: Files) -> None:
    listed = json.loads(files["signatures.json"])
    files["signatures.json"] = json.dumps([*listed, {**listed[0], "name": "Mallory"}]).encode()


def decision_changed(files: Files) -> None:
    listed = json.loads(files["decisions.json"])
    listed[0]["sentence"]["en"] = "All agreed."
    files["decisions.json"] = json.dumps(listed).encode()


def attachment_replaced(files: Files) -> None:
    name = next(name for name in files if name.startswith("documents/sealed-"))
    files[name] = files[name].replace(b"%%EOF", b"%%EOF ", 1)


def sealed_swapped(files: Files) -> None:
    name, other = [
        next(one for one in files if one.startswith(f"documents/{kind}-")) for kind in ("sealed", "evidence")
    ]
    files[name] = files[other]


def sealed_removed(files: Files) -> None:
    del files[next(name for name in files if name.startswith("documents/sealed-"))]


def head_changed(files: Files) -> None:
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**manifest, "head": "f" * 64}).encode()


def other_covenant(files: Files) -> None:
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps({**manifest, "covenant": "other"}).encode()


FORGERIES: dict[Callable[[Files], None], str] = {
    changed_answer: "What entry", changed_answer_with_its_hashes: "The chain breaks at entry",
    reordered: "moved, or one was left out", removed: "moved, or one was left out",
    removed_at_the_end: "left out or added at the end", hidden_entry_swapped: "The chain breaks at entry",
    changed_text: "is not that of the record", signature_added: "The list of signatures is not that of the record",
    decision_changed: "A decision is not that of the record", attachment_replaced: "is no file that the record names",
    sealed_swapped: "is no file that the record names", sealed_removed: "which the record names, is missing",
    head_changed: "left out or added at the end", other_covenant: "moved, or one was left out",
}  # fmt: skip


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda one: one.__name__)
async def test_a_forgery_is_named(signed: Table, forge: Callable[[Files], None]) -> None:
    files = unpacked(await made(signed, "fay"))
    forge(files)
    found = await checked(signed, packed(files))
    wrong = [one.words.en for one in found.findings if one.kind is Kind.WRONG]
    assert found.outcome is Outcome.CHANGED
    assert any(FORGERIES[forge] in one for one in wrong), wrong
    assert not verifier.check(packed(files)).fine


async def test_a_file_that_is_changed_added_or_gone_is_named(signed: Table) -> None:
    files = unpacked(await made(signed, ""))
    gone = {name: data for name, data in files.items() if name != "README.txt"}
    for forged, words in (
        ({**files, "README.txt": b"x"}, "README.txt was changed"), (gone, "README.txt is missing"),
        ({**files, "x.exe": b"MZ"}, "x.exe does not belong"),
    ):  # fmt: skip
        found = await checked(signed, packed(forged, honest=False))
        assert found.outcome is Outcome.CHANGED
        assert any(words in one.words.en for one in found.findings)


HELD_BY_THE_LIST = {
    "mandates.json": (b"lead", b"boss"), "texts/akn/{slug}-en.xml": (b"wage", b"gift"),
    "README.txt": (b"head", b"tail"), "verify.py": (b"def ", b"def  "),
    "seal-root.pem": (b"CERTIFICATE", b"certificate"),
}  # fmt: skip
"""What the record does not hold: only the seal on the list of files proves it."""


@pytest.mark.parametrize("name", HELD_BY_THE_LIST)
async def test_what_the_record_does_not_hold_is_held_by_the_seal_on_the_list(
    signed: Table, tmp_path: Path, name: str
) -> None:
    files, there = unpacked(await made(signed, "fay")), name.format(slug=signed.slug)
    before, after = HELD_BY_THE_LIST[name]
    changed = files[there].replace(before, after)
    assert changed != files[there]
    forged = {**files, there: changed}
    listed = json.loads(files["manifest.json"])
    listed["files"][there] = sha256(changed)
    forged["manifest.json"] = json.dumps(listed).encode()

    kept = await checked(signed, packed(forged, honest=False))
    assert kept.outcome is Outcome.CHANGED
    assert any("The seal on the list of files is not valid" in one.words.en for one in kept.findings)
    stripped = await checked(signed, packed(forged))
    assert stripped.outcome is Outcome.FOREIGN
    stranger = own_seal(tmp_path / "stranger").local
    resealed = {**forged, "manifest.p7s": await stranger.sign_beside(forged["manifest.json"])}
    other = await checked(signed, packed(resealed, honest=False))
    assert other.outcome is Outcome.FOREIGN
    assert any("does not come from this installation" in one.words.en for one in other.findings)
    alone = " ".join(en for _, _, en in verifier.check(packed(forged)).findings)
    assert there in alone.split("nothing proves ")[1], "the program without Polder says what it cannot prove"


async def test_openssl_checks_the_seal_on_the_list(signed: Table, tmp_path: Path) -> None:
    files = unpacked(await made(signed, ""))
    for one in ("manifest.json", "manifest.p7s", "seal-root.pem"):
        (tmp_path / one).write_bytes(files[one])
    said = re.search(
        r"(openssl cms .*? -CAfile seal-root.pem)",
        " ".join(en for _, _, en in verifier.check(packed(files, honest=False)).findings),
    )
    assert said is not None
    command = [*said[1].split()]
    for content, code in ((files["manifest.json"], 0), (files["manifest.json"] + b" ", 4)):
        (tmp_path / "manifest.json").write_bytes(content)
        found = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=PIPE, stderr=PIPE)
        await found.communicate()
        assert found.returncode == code


async def test_a_whole_other_history_is_told_by_the_record_and_by_a_head(signed: Table) -> None:
    files = unpacked(await made(signed, "fay"))
    chain = entries(files)
    prev = "0" * 64
    for one in chain:  # all of it is written anew, hashes and all: within itself nothing is wrong
        one["header"]["prev"] = prev
        one["data"]["forged"] = True
        one["header"]["data_sha256"] = sha256(canonical(one["data"]))
        bare = {key: value for key, value in one["header"].items() if key != "prev"}
        prev = one["sha256"] = sha256(canonical({"header_sha256": sha256(canonical(bare)), "prev": prev}))
    written(files, chain)
    head = json.loads(files["manifest.json"])["head"]
    files["manifest.json"] = json.dumps({**json.loads(files["manifest.json"]), "head": prev}).encode()
    forged = packed(files)
    assert verifier.check(forged).fine
    found = await checked(signed, forged)
    assert found.outcome is Outcome.CHANGED
    assert any("this is another history" in one.words.en for one in found.findings)
    assert not verifier.check(forged, head).fine
    elsewhere = await verifying.verify(None, seal_of(signed.settings), forged)
    assert elsewhere.outcome is Outcome.FOREIGN, "without the record nothing shows that it is ours"


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18, packed({"a": b"b"}, honest=False),
     packed({"manifest.json": b"[]", "chain.jsonl": b""}, honest=False),
     packed({"manifest.json": b'{"polder_dossier": 1, "files": {}}', "chain.jsonl": b"not json"}, honest=False)],
)  # fmt: skip
async def test_what_is_no_dossier_is_refused(signed: Table, data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        await checked(signed, data)
    assert refused.value.code == "not_verifiable"


@pytest.mark.parametrize("chain", [b"{}", b'{"header": 1}', b'{"header": {"seq": 1}, "data": 5, "sha256": []}'])
async def test_a_hostile_chain_is_wrong_and_breaks_nothing(signed: Table, chain: bytes) -> None:
    files = unpacked(await made(signed, ""))
    files["chain.jsonl"] = chain
    assert (await checked(signed, packed(files))).outcome is Outcome.CHANGED


async def test_the_evidence_report_says_who_signed_how_and_by_which_entry(signed: Table) -> None:
    rows = await evidence(signed.db, signed.slug, await signed.now())
    assert {one.known_as for one in rows.rows[:4]} == {"union lead", "guild lead", "trade lead", "shops lead"}
    head = {one.seq: one.sha256 for one in await views.events(signed.db, signed.slug, limit=10_000)}
    for one in rows.rows:
        assert one.entry_sha256 == head[one.entry]
        assert one.text_sha256 == rows.text_sha256
        assert any("code sent on" in mail.en for mail in one.mails), "the code was delivered"
        assert "sign" in one.mandate.en
    files = unpacked(await made(signed, "trade"))
    (name,) = [name for name in files if name.startswith("documents/evidence-")]
    pdf = PdfReader(BytesIO(files[name]))
    text = " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)
    for words in ("Evidence report of the signing", "union lead", "simple electronic signature", rows.text_sha256[:16]):
        assert words in text
    seal = seal_of(signed.settings)
    assert (await seal.check(files[name])).valid
    assert not [one for one in unpacked(await made(signed, "")) if "evidence" in one], "it names people and mandates"
