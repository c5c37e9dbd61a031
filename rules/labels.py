"""The words for what the enums say, as pages and command line show them."""

from collections.abc import Mapping
from typing import Any

from models.base import Words
from models.enums import (
    AmendmentStatus,
    ClauseStatus,
    CovenantStatus,
    DocumentKind,
    Lane,
    Language,
    MailStatus,
    Phase,
    Rung,
    Stance,
    StepKind,
    StepStatus,
    TaskKind,
    TaskStatus,
)

PHASES = {
    Phase.EXPLORATION: Words(nl="verkenning", en="exploration"),
    Phase.DIALOGUE: Words(nl="dialoog", en="dialogue"),
    Phase.IMPLEMENTATION: Words(nl="implementatie", en="implementation"),
}
KINDS = {
    StepKind.TASK: Words(nl="taak", en="task"),
    StepKind.CONTRIBUTION: Words(nl="inbreng", en="contribution"),
    StepKind.APPROVAL: Words(nl="besluit", en="approval"),
    StepKind.DIALOGUE: Words(nl="dialoog", en="dialogue"),
    StepKind.RATIFICATION: Words(nl="ratificatie", en="ratification"),
    StepKind.SIGNING: Words(nl="ondertekening", en="signing"),
    StepKind.IMPLEMENTATION: Words(nl="uitvoering", en="implementation"),
}
STEPS = {
    StepStatus.PLANNED: Words(nl="gepland", en="planned"),
    StepStatus.ACTIVE: Words(nl="loopt", en="active"),
    StepStatus.DONE: Words(nl="klaar", en="done"),
    StepStatus.FAILED: Words(nl="niet geslaagd", en="failed"),
    StepStatus.SKIPPED: Words(nl="overgeslagen", en="skipped"),
}
COVENANTS = {
    CovenantStatus.TALKS: Words(nl="in gesprek", en="in talks"),
    CovenantStatus.PAUSED: Words(nl="gepauzeerd", en="paused"),
    CovenantStatus.SIGNED: Words(nl="ondertekend", en="signed"),
    CovenantStatus.IN_FORCE: Words(nl="in werking", en="in force"),
    CovenantStatus.COMPLETED: Words(nl="voltooid", en="completed"),
    CovenantStatus.ENDED: Words(nl="beëindigd", en="ended"),
}
CLAUSES = {
    ClauseStatus.BRACKETED: Words(nl="tussen haken", en="bracketed"),
    ClauseStatus.AGREED: Words(nl="akkoord onder voorbehoud", en="agreed ad referendum"),
    ClauseStatus.CLEAN: Words(nl="schoon", en="clean"),
    ClauseStatus.BLOCKED: Words(nl="geblokkeerd", en="blocked"),
    ClauseStatus.PARKED: Words(nl="geparkeerd", en="parked"),
}
AMENDMENTS = {
    AmendmentStatus.OPEN: Words(nl="tussen haken", en="between brackets"),
    AmendmentStatus.ACCEPTED: Words(nl="overgenomen", en="accepted"),
    AmendmentStatus.COMPROMISE: Words(nl="in andere woorden overgenomen", en="taken up in other words"),
    AmendmentStatus.REFUSED: Words(nl="niet overgenomen", en="not taken up"),
    AmendmentStatus.WITHDRAWN: Words(nl="ingetrokken", en="withdrawn"),
}
LANES = {
    Lane.DELEGATION: Words(nl="delegatie", en="delegation"),
    Lane.CONSTITUENCY: Words(nl="geleding", en="constituency"),
    Lane.TABLE: Words(nl="tafel", en="table"),
    Lane.FACILITATOR: Words(nl="facilitator", en="facilitator"),
    Lane.MEDIATOR: Words(nl="bemiddelaar", en="mediator"),
    Lane.PUBLIC: Words(nl="openbaar", en="public"),
}
TASKS = {
    TaskKind.DOCUMENT: Words(nl="document", en="document"),
    TaskKind.CONTRIBUTION: Words(nl="bijdrage", en="contribution"),
    TaskKind.APPROVAL: Words(nl="besluit", en="approval"),
    TaskKind.POSITIONS: Words(nl="standpunten", en="positions"),
    TaskKind.DRAFTING: Words(nl="volgende versie", en="next version"),
    TaskKind.RATIFICATION: Words(nl="ratificatie", en="ratification"),
    TaskKind.SIGNATURE: Words(nl="handtekening", en="signature"),
    TaskKind.DECLARATION: Words(nl="verklaring", en="declaration"),
    TaskKind.PLAN: Words(nl="plan", en="plan"),
    TaskKind.REPORT: Words(nl="rapportage", en="report"),
    TaskKind.DECISION: Words(nl="beslissing", en="decision"),
    TaskKind.ATTENDANCE: Words(nl="uitnodiging", en="invitation"),
    TaskKind.MINUTES: Words(nl="verslag", en="minutes"),
    TaskKind.CORRECTION: Words(nl="verslag vaststellen", en="approval of minutes"),
    TaskKind.ACTION: Words(nl="actiepunt", en="action point"),
}
TASK_ENDS = {
    TaskStatus.OPEN: Words(nl="open", en="open"),
    TaskStatus.ANSWERED: Words(nl="beantwoord", en="answered"),
    TaskStatus.EXPIRED: Words(nl="verlopen", en="expired"),
    TaskStatus.VOID: Words(nl="vervallen", en="void"),
}
RUNGS = {
    Rung.REMINDER: Words(nl="herinneren", en="remind"),
    Rung.CALL: Words(nl="bellen", en="call"),
    Rung.CHAIR: Words(nl="voorzitter", en="chair"),
    Rung.MEDIATOR: Words(nl="bemiddelaar", en="mediator"),
    Rung.END: Words(nl="einde", en="end"),
}
LADDER = {
    Rung.REMINDER: Words(nl="herinnering aan wie nog niet antwoordde", en="reminder to who has not answered"),
    Rung.CALL: Words(nl="het secretariaat wordt gevraagd te bellen", en="the secretariat is asked to call"),
    Rung.CHAIR: Words(nl="de voorzitter wordt gevraagd hen aan te spreken", en="the chair is asked to speak to them"),
    Rung.MEDIATOR: Words(
        nl="de bemiddelaar wordt gevraagd met hen te praten", en="the mediator is asked to talk to them"
    ),
    Rung.END: Words(nl="de taak verloopt zonder antwoord", en="the task expires without an answer"),
}
"""What a rung of the ladder comes to, for who has yet to see one."""
STANCES = {
    Stance.AGREE: Words(nl="akkoord", en="agree"),
    Stance.RESERVATION: Words(nl="akkoord met voorbehoud", en="agree with reservation"),
    Stance.ABSTAIN: Words(nl="onthouding", en="abstain"),
    Stance.OBJECT: Words(nl="bezwaar", en="object"),
    Stance.RECUSE: Words(nl="verschoning", en="recuse"),
}
DOCUMENTS = {
    DocumentKind.DRAFT: Words(nl="concept", en="draft"),
    DocumentKind.REDLINE: Words(nl="wijzigingen", en="redline"),
    DocumentKind.FINAL: Words(nl="definitief", en="final"),
    DocumentKind.SEALED: Words(nl="verzegeld", en="sealed"),
    DocumentKind.EVIDENCE: Words(nl="bewijsrapport", en="evidence report"),
    DocumentKind.ATTACHMENT: Words(nl="bijlage", en="attachment"),
}
MAILS = {
    MailStatus.QUEUED: Words(nl="in de wachtrij", en="queued"),
    MailStatus.SENT: Words(nl="verzonden", en="sent"),
    MailStatus.UNDELIVERABLE: Words(nl="onbestelbaar", en="undeliverable"),
}
OFFICES = {
    "facilitator": Words(nl="facilitator", en="facilitator"),
    "secretariat": Words(nl="secretariaat", en="secretariat"),
    "chair": Words(nl="voorzitter", en="chair"),
    "mediator": Words(nl="bemiddelaar", en="mediator"),
    "operator": Words(nl="beheerder", en="operator"),
}
EVENTS = {
    "covenant_launched": Words(nl="convenant gestart", en="covenant launched"),
    "covenant_ended": Words(nl="convenant beëindigd", en="covenant ended"),
    "covenant_completed": Words(nl="convenant voltooid", en="covenant completed"),
    "entered_into_force": Words(nl="in werking getreden", en="entered into force"),
    "step_started": Words(nl="stap begonnen", en="step started"),
    "step_done": Words(nl="stap klaar", en="step done"),
    "step_failed": Words(nl="stap niet geslaagd", en="step failed"),
    "step_skipped": Words(nl="stap overgeslagen", en="step skipped"),
    "step_inserted": Words(nl="stap ingevoegd", en="step inserted"),
    "step_repeated": Words(nl="stap herhaald", en="step repeated"),
    "plan_moved": Words(nl="planning verschoven", en="plan moved"),
    "step_rescheduled": Words(nl="stap verplaatst", en="step rescheduled"),
    "round_opened": Words(nl="ronde geopend", en="round opened"),
    "round_closed": Words(nl="ronde gesloten", en="round closed"),
    "clauses_revised": Words(nl="artikelen herzien", en="clauses revised"),
    "clauses_split_off": Words(nl="artikelen afgesplitst", en="clauses split off"),
    "text_reopened": Words(nl="tekst heropend", en="text reopened"),
    "mediator_named": Words(nl="bemiddelaar benoemd", en="mediator named"),
    "mediator_relieved": Words(nl="bemiddelaar niet langer in functie", en="mediator no longer in office"),
    "tasks_answered": Words(nl="beantwoord door het bezwaar op te heffen", en="answered by lifting the objection"),
    "objection_lifted": Words(nl="bezwaar opgeheven", en="objection lifted"),
    "red_line_told": Words(nl="in vertrouwen verteld", en="told in confidence"),
    "red_line_dropped": Words(nl="in vertrouwen ingetrokken", en="taken back in confidence"),
    "weighed": Words(nl="in vertrouwen gewogen", en="weighed in confidence"),
    "ground_rule_proposed": Words(
        nl="wijziging van een procesafspraak voorgesteld", en="change of a ground rule proposed"
    ),
    "editorial_proposed": Words(nl="redactionele verbetering voorgesteld", en="editorial fix proposed"),
    "go_on_proposed": Words(nl="gevraagd of de gesprekken doorgaan", en="asked whether the talks go on"),
    "package_proposed": Words(nl="pakket voorgelegd", en="package put to the parties"),
    "question_withdrawn": Words(nl="vraag ingetrokken", en="question taken back"),
    "question_carried": Words(nl="vraag aangenomen", en="question carried"),
    "question_not_carried": Words(nl="vraag niet aangenomen", en="question not carried"),
    "ground_rule_set": Words(nl="procesafspraak gewijzigd", en="ground rule changed"),
    "clause_fixed": Words(nl="artikel redactioneel verbeterd", en="clause fixed"),
    "fix_overtaken": Words(nl="verbetering ingehaald", en="fix overtaken"),
    "clock_held": Words(nl="klok van een stille procedure", en="clock of a silence procedure"),
    "notice_sent_again": Words(nl="opnieuw bericht", en="notice sent again"),
    "absence_noted": Words(nl="afwezigheid genoteerd", en="absence noted"),
    "meeting_called": Words(nl="overleg belegd", en="meeting called"),
    "meeting_moved": Words(nl="overleg verzet", en="meeting moved"),
    "meeting_changed": Words(nl="overleg gewijzigd", en="meeting changed"),
    "meeting_cancelled": Words(nl="overleg afgezegd", en="meeting cancelled"),
    "meeting_held": Words(nl="overleg gehouden", en="meeting held"),
    "meeting_reported": Words(nl="verslag van aanwezigheid", en="attendance reported"),
    "minutes_approved": Words(nl="verslag vastgesteld", en="minutes approved"),
    "minutes_objected": Words(nl="verslag met correctie terug", en="minutes back for correction"),
    "meeting_closed": Words(nl="overleg afgerond", en="meeting closed"),
    "tasks_opened": Words(nl="gevraagd", en="asked"),
    "answered": Words(nl="antwoord", en="answer"),
    "answered_ad_referendum": Words(nl="antwoord ad referendum", en="answer ad referendum"),
    "reminded": Words(nl="herinnerd", en="reminded"),
    "rung_climbed": Words(nl="ladder beklommen", en="ladder climbed"),
    "ladder_paused": Words(nl="ladder gepauzeerd", en="ladder paused"),
    "ladder_resumed": Words(nl="ladder hervat", en="ladder resumed"),
    "due_extended": Words(nl="termijn verlengd", en="term extended"),
    "due_moved": Words(nl="termijn verplaatst", en="term moved"),
    "due_moved_by_pause": Words(nl="termijn later door pauze", en="term moved by a pause"),
    "mail_undeliverable": Words(nl="mail onbestelbaar", en="mail undeliverable"),
    "document_made": Words(nl="document gemaakt", en="document made"),
    "passed": Words(nl="aangenomen", en="passed"),
    "failed": Words(nl="niet aangenomen", en="not passed"),
    "clause_unblocked": Words(nl="artikel niet langer geblokkeerd", en="clause no longer blocked"),
    "notice_given": Words(nl="opzegging", en="notice given"),
    "notice_taken_back": Words(nl="opzegging ingetrokken", en="notice taken back"),
    "accession_proposed": Words(nl="verzoek om toe te treden", en="request to join"),
    "applicant_admitted": Words(nl="geen bezwaar tegen toetreding", en="no objection to an accession"),
    "revision_opened": Words(nl="herziening geopend", en="revision opened"),
    "covenant_revised": Words(nl="convenant herzien", en="covenant revised"),
    "revision_failed": Words(nl="herziening beëindigd", en="revision ended"),
    "also_joined": Words(nl="doet ook hier mee", en="takes part here too"),
    "acceded": Words(nl="toegetreden", en="joined"),
    "accession_lapsed": Words(nl="niet toegetreden", en="accession lapsed"),
    "termination_proposed": Words(nl="gevraagd of het convenant eindigt", en="asked whether the covenant ends"),
    "party_withdrew": Words(nl="partij trok zich terug", en="party withdrew"),
    "person_added": Words(nl="iemand in een delegatie", en="person joined a delegation"),
    "mandates_changed": Words(nl="mandaat gewijzigd", en="mandate changed"),
    "mandates_ended": Words(nl="mandaat beëindigd", en="mandate ended"),
    "commented": Words(nl="opmerking", en="comment"),
    "paper_added": Words(nl="stuk", en="paper"),
    "lane_widened": Words(nl="ruimere kring", en="wider lane"),
    "amendment_proposed": Words(nl="wijzigingsvoorstel", en="amendment"),
    "amendment_withdrawn": Words(nl="wijzigingsvoorstel ingetrokken", en="amendment withdrawn"),
    "amendment_maintained": Words(nl="wijzigingsvoorstel gehandhaafd", en="amendment maintained"),
    "fate_accepted": Words(nl="uitkomst van een wijzigingsvoorstel aanvaard", en="fate of an amendment accepted"),
    "paused": Words(nl="gepauzeerd", en="paused"),
    "resumed": Words(nl="hervat", en="resumed"),
    "signing_prolonged": Words(nl="ondertekening verlengd", en="signing prolonged"),
    "signature_asked_again": Words(nl="opnieuw gevraagd te tekenen", en="asked to sign again"),
    "signature_passed_on": Words(nl="tekenen doorgegeven", en="signing passed on"),
    "signature_cancelled": Words(nl="verzoek om te tekenen geannuleerd", en="request to sign cancelled"),
    "signing_day_set": Words(nl="tekendag", en="signing day"),
    "signing_cancelled": Words(nl="ondertekening geannuleerd", en="signing cancelled"),
    "year_closed": Words(nl="jaar gesloten", en="year closed"),
}

SIGNING_GROUPS = {
    "done": Words(nl="klaar", en="done"),
    "now": Words(nl="aan de beurt", en="its turn"),
    "later": Words(nl="later aan de beurt", en="its turn comes later"),
}
SIGNING_ROLES = {
    "signatory": Words(nl="ondertekenaar", en="signatory"),
    "approver": Words(nl="akkoord vooraf", en="approval before"),
    "witness": Words(nl="getuige", en="witness"),
    "copy": Words(nl="ter kennisname", en="for information"),
}
SIGNING_STATES = {
    "done": Words(nl="gedaan", en="done"),
    "asked": Words(nl="gevraagd", en="asked"),
    "expired": Words(nl="verlopen", en="expired"),
    "cancelled": Words(nl="vervallen", en="void"),
    "later": Words(nl="nog niet", en="not yet"),
    "copy": Words(nl="krijgt de tekst", en="gets the text"),
}
SIGNING_METHODS = {
    "code": Words(nl="met een code per mail", en="with a code by mail"),
    "passkey": Words(nl="met een toegangssleutel", en="with a passkey"),
}
MEETINGS = {
    "called": Words(nl="belegd", en="called"),
    "cancelled": Words(nl="afgezegd", en="cancelled"),
    "held": Words(nl="gehouden", en="held"),
    "closed": Words(nl="afgerond", en="closed"),
}
MINUTES = {
    "proposed": Words(nl="ligt voor: wie zwijgt is akkoord", en="before the parties: who is silent agrees"),
    "to_be_corrected": Words(nl="wordt gecorrigeerd", en="being corrected"),
    "approved": Words(nl="vastgesteld", en="approved"),
}
ATTENDS = {
    "yes": Words(nl="komt", en="comes"),
    "no": Words(nl="komt niet", en="does not come"),
    "substitute": Words(nl="stuurt een vervanger", en="sends a substitute"),
}
GROUNDS = {
    "norm": Words(nl="norm", en="norm"),
    "mandate": Words(nl="mandaat", en="mandate"),
    "feasibility": Words(nl="uitvoerbaarheid", en="feasibility"),
    "cost": Words(nl="kosten", en="cost"),
    "scope": Words(nl="reikwijdte", en="scope"),
}
RATIFIED = {
    "ratified": Words(nl="geratificeerd", en="ratified"),
    "ratified_with_reservation": Words(nl="geratificeerd met voorbehoud", en="ratified with reservation"),
    "rejected": Words(nl="verworpen", en="rejected"),
}
OBJECTIONS = {
    "open": Words(nl="open", en="open"),
    "lifted": Words(nl="opgeheven", en="lifted"),
    "overruled": Words(nl="overstemd", en="overruled"),
    "void": Words(nl="vervallen: de partij trok zich terug", en="void: the party withdrew"),
}
CHOICES = {
    "continue": Words(nl="doorgaan", en="go on"),
    "mediate": Words(nl="bemiddelen", en="mediate"),
    "back": Words(nl="terug naar de tekst", en="back to the text"),
    "repeat": Words(nl="de stap herhalen", en="repeat the step"),
    "pause": Words(nl="pauzeren", en="pause"),
    "prolong": Words(nl="de termijn verlengen", en="prolong the term"),
    "lapse": Words(nl="laten vervallen", en="let it lapse"),
    "end": Words(nl="de gesprekken beëindigen", en="end the talks"),
}
POWERS = {
    "speak": Words(nl="spreken", en="speak"),
    "commit": Words(nl="binden", en="commit"),
    "sign": Words(nl="tekenen", en="sign"),
}
APPROACHES = {
    "due_diligence": Words(nl="gepaste zorgvuldigheid", en="due diligence"),
    "joint_approach": Words(nl="gezamenlijke aanpak", en="joint approach"),
    "workplace_projects": Words(nl="projecten op de werkvloer", en="projects on the work floor"),
}
PARTY_KINDS = {
    "association": Words(nl="brancheorganisatie", en="association"),
    "company": Words(nl="bedrijf", en="company"),
    "union": Words(nl="vakbond", en="trade union"),
    "ngo": Words(nl="maatschappelijke organisatie", en="NGO"),
    "ministry": Words(nl="ministerie", en="ministry"),
    "other": Words(nl="anders", en="other"),
}
PARTIES = {
    "active": Words(nl="aan tafel", en="at the table"),
    "withdrawn": Words(nl="teruggetrokken", en="withdrawn"),
}
OUTCOMES = {
    "passed": Words(nl="aangenomen", en="passed"),
    "pending": Words(nl="nog niet beslist", en="not decided yet"),
    "failed": Words(nl="niet aangenomen", en="not passed"),
}


def label(words: Mapping[Any, Words], key: str, language: Language) -> str:
    """Return the word for a value, or the value itself when there is none."""
    found = words.get(key)
    return found.pick(language) if found else key.replace("_", " ")
