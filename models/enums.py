"""The closed vocabularies of a sector covenant, in the field's own terms (../shared/reference/domain.md section 5)."""

from enum import StrEnum


class Language(StrEnum):
    """The two languages in which everything a person sees exists."""

    NL = "nl"
    EN = "en"


class Phase(StrEnum):
    """The three phases of a covenant (verkenning, dialoog, implementatie)."""

    EXPLORATION = "exploration"
    DIALOGUE = "dialogue"
    IMPLEMENTATION = "implementation"


class Approach(StrEnum):
    """The three ways to tackle a problem named by the source document, step 4."""

    DUE_DILIGENCE = "due_diligence"
    JOINT_APPROACH = "joint_approach"
    WORKPLACE_PROJECTS = "workplace_projects"


class StepKind(StrEnum):
    """The seven step kinds that carry every sector (DESIGN section 2)."""

    TASK = "task"
    CONTRIBUTION = "contribution"
    APPROVAL = "approval"
    DIALOGUE = "dialogue"
    RATIFICATION = "ratification"
    SIGNING = "signing"
    IMPLEMENTATION = "implementation"


class Closing(StrEnum):
    """When a step stops waiting: on its deadline, or only when everyone answered (or the ladder ended)."""

    DEADLINE = "deadline"
    ANSWERED = "answered"


class Tier(StrEnum):
    """Parties sign the covenant; participants (companies) join it by declaration (domain 3.1, two tiers)."""

    PARTY = "party"
    PARTICIPANT = "participant"


class PartyKind(StrEnum):
    """What sort of organisation a party is."""

    ASSOCIATION = "association"
    COMPANY = "company"
    UNION = "union"
    NGO = "ngo"
    MINISTRY = "ministry"
    OTHER = "other"


class PartyStatus(StrEnum):
    """Whether a party counts in denominators; an applicant does once it signed."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    APPLICANT = "applicant"


class Role(StrEnum):
    """Offices around the table that are not a party."""

    FACILITATOR = "facilitator"
    SECRETARIAT = "secretariat"
    CHAIR = "chair"
    MEDIATOR = "mediator"
    OPERATOR = "operator"


class Power(StrEnum):
    """What a mandate lets a person do for a party."""

    SPEAK = "speak"
    COMMIT = "commit"
    SIGN = "sign"


class Stance(StrEnum):
    """A position on a question or clause. RECUSE takes the seat out of every denominator."""

    AGREE = "agree"
    RESERVATION = "reservation"
    ABSTAIN = "abstain"
    OBJECT = "object"
    RECUSE = "recuse"


class Ground(StrEnum):
    """The ground of an objection."""

    NORM = "norm"
    MANDATE = "mandate"
    FEASIBILITY = "feasibility"
    COST = "cost"
    SCOPE = "scope"


class RuleKind(StrEnum):
    """The decision rules of DESIGN section 4."""

    CONSENSUS = "consensus"
    CONSENT = "consent"
    UNANIMITY = "unanimity"
    MAJORITY = "majority"
    MAJORITY_PER_CONSTITUENCY = "majority_per_constituency"
    SILENCE = "silence"


class Matter(StrEnum):
    """The kinds of question that the ground rules name a decision rule for."""

    CLAUSE = "clause"
    ACCORD = "accord"
    RATIFICATION = "ratification"
    APPROVAL = "approval"
    GO_ON = "go_on"
    EDITORIAL = "editorial"
    MINUTES = "minutes"
    ACCESSION = "accession"
    TERMINATION = "termination"
    GROUND_RULES = "ground_rules"


class Handling(StrEnum):
    """What an abstention or an absence does to a majority: left out of the count, or counted against."""

    IGNORE = "ignore"
    AGAINST = "against"


class Unit(StrEnum):
    """Who holds one seat: a whole delegation (a constituency), or each party."""

    DELEGATION = "delegation"
    PARTY = "party"


class Outcome(StrEnum):
    """Where a question stands."""

    PASSED = "passed"
    PENDING = "pending"
    FAILED = "failed"


class ClauseStatus(StrEnum):
    """Where a clause stands (DESIGN section 4). A new version starts BRACKETED."""

    BRACKETED = "bracketed"
    AGREED = "agreed_ad_referendum"
    CLEAN = "clean"
    BLOCKED = "blocked"
    PARKED = "parked"


class AmendmentStatus(StrEnum):
    """What became of words a party proposed. A compromise took them up in other words."""

    OPEN = "open"
    ACCEPTED = "accepted"
    COMPROMISE = "compromise"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ObjectionStatus(StrEnum):
    """Where an objection stands: lifted by its owner, overruled by the rule, or void since the party left."""

    OPEN = "open"
    LIFTED = "lifted"
    OVERRULED = "overruled"
    VOID = "void"


class TaskKind(StrEnum):
    """What a human task asks for; one per kind of answer."""

    DOCUMENT = "document"
    CONTRIBUTION = "contribution"
    APPROVAL = "approval"
    POSITIONS = "positions"
    DRAFTING = "drafting"
    RATIFICATION = "ratification"
    SIGNATURE = "signature"
    DECLARATION = "declaration"
    PLAN = "plan"
    REPORT = "report"
    DECISION = "decision"
    ATTENDANCE = "attendance"
    MINUTES = "minutes"
    CORRECTION = "correction"
    ACTION = "action"


class SigningRole(StrEnum):
    """What someone does in the signing plan. Only the signatory is bound; a COPY gets the text and signs nothing."""

    SIGNATORY = "signatory"
    APPROVER = "approver"
    WITNESS = "witness"
    COPY = "copy"


class TaskStatus(StrEnum):
    """OPEN is due; the others say how it ended."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    VOID = "void"


class Rung(StrEnum):
    """The ladder that is climbed when an answer stays away."""

    REMINDER = "reminder"
    CALL = "call"
    CHAIR = "chair"
    MEDIATOR = "mediator"
    END = "end"


class StepStatus(StrEnum):
    """Where a step of the plan stands."""

    PLANNED = "planned"
    ACTIVE = "active"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class CovenantStatus(StrEnum):
    """Where a covenant stands."""

    TALKS = "talks"
    PAUSED = "paused"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    COMPLETED = "completed"
    ENDED = "ended"


class Lane(StrEnum):
    """Who reads a comment or paper: the own party, its constituency, the table, the party and one office, everyone."""

    DELEGATION = "delegation"
    CONSTITUENCY = "constituency"
    TABLE = "table"
    FACILITATOR = "facilitator"
    MEDIATOR = "mediator"
    PUBLIC = "public"


class MeetingStatus(StrEnum):
    """Where a meeting stands. CLOSED: its minutes stand and its action points are done."""

    CALLED = "called"
    CANCELLED = "cancelled"
    HELD = "held"
    CLOSED = "closed"


class MinutesStatus(StrEnum):
    """Where minutes stand: before the parties under the silence procedure, to be corrected, or approved."""

    PROPOSED = "proposed"
    CORRECTED = "to_be_corrected"
    APPROVED = "approved"


class Attends(StrEnum):
    """Whether someone who is invited comes."""

    YES = "yes"
    NO = "no"
    SUBSTITUTE = "substitute"


class Ratified(StrEnum):
    """What a party's own members or board decided about the accord."""

    RATIFIED = "ratified"
    WITH_RESERVATION = "ratified_with_reservation"
    REJECTED = "rejected"


class Choice(StrEnum):
    """What a facilitator can decide on the record when the plan does not say how to go on. BACK is to the text."""

    CONTINUE = "continue"
    MEDIATE = "mediate"
    BACK = "back"
    REPEAT = "repeat"
    PAUSE = "pause"
    PROLONG = "prolong"
    LAPSE = "lapse"
    END = "end"


class DocumentKind(StrEnum):
    """What a stored document is."""

    DRAFT = "draft"
    REDLINE = "redline"
    FINAL = "final"
    SEALED = "sealed"
    EVIDENCE = "evidence"
    ATTACHMENT = "attachment"


class SignatureKind(StrEnum):
    """Where the signatures on the sealed text come from."""

    PLATFORM = "platform"
    PARTIES = "parties"
    CSC = "csc"


class JobKind(StrEnum):
    """Long work a person can ask for: the documents of a covenant, or every version of its texts."""

    DOCUMENTS = "documents"
    TEXTS = "texts"


class MailStatus(StrEnum):
    """What became of a message."""

    QUEUED = "queued"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"


class Audience(StrEnum):
    """Who can do something about an error."""

    USER = "user"
    OPERATOR = "operator"
    DEVELOPER = "developer"
