"""What signatures on a sealed text are worth under eIDAS (Regulation (EU) No 910/2014), said plainly; docs/adr/0018.

Not legal advice: it says what a level asks for and what is the case here.
"""

from models.base import Words
from models.enums import SignatureKind

SIMPLE = Words(
    nl="Elke handtekening is een gewone elektronische handtekening (eIDAS, artikel 3, lid 10): een gemachtigde "
    "bevestigde de SHA-256 van de tekst met een eenmalige code uit een mail aan het eigen adres, of met een "
    "toegangssleutel van het eigen apparaat. Polder verzegelde het "
    "geheel met een eigen zegel.",
    en="Each signature is a simple electronic signature (eIDAS, article 3(10)): a mandated person confirmed the "
    "SHA-256 of the text with a one-time code from a mail to their own address, or with a passkey of their own device. "
    "Polder sealed the whole with a seal of its own.",
)
MORE: dict[SignatureKind, Words] = {
    SignatureKind.PLATFORM: Words(
        nl="Het zijn geen geavanceerde of gekwalificeerde handtekeningen.",
        en="They are no advanced or qualified signatures.",
    ),
    SignatureKind.PARTIES: Words(
        nl="Op de PDF staat bij elke handtekening een certificaat dat Polder zelf uitgaf. Het toont dat het bestand "
        "ongewijzigd is, niet wie tekende: de sleutel is van Polder, niet van de ondertekenaar, en buiten deze "
        "installatie kent niemand de uitgever. Het blijven gewone handtekeningen, geen geavanceerde of "
        "gekwalificeerde.",
        en="On the PDF each signature has a certificate that Polder issued itself. It shows that the file is "
        "unchanged, not who signed: the key is Polder's, not the signatory's, and nobody outside this installation "
        "knows the issuer. They stay simple signatures, no advanced or qualified ones.",
    ),
    SignatureKind.CSC: Words(
        nl="Wie een certificaat heeft bij de vertrouwensdienst, tekende daarmee ook op de PDF; hieronder staat van "
        "elk wat het zelf zegt. Geavanceerd (artikel 26) is zo'n handtekening als alleen de ondertekenaar over de "
        "sleutel beschikt, gekwalificeerd (artikel 3, lid 12) als bovendien de uitgever op de Europese "
        "vertrouwenslijst staat. Polder controleert geen van beide.",
        en="Who has a certificate at the trust service signed with it on the PDF too; below stands of each what it "
        "says itself. Such a signature is advanced (article 26) if the signatory alone controls the key, and "
        "qualified (article 3(12)) if the issuer is on the European trusted list as well. Polder checks neither.",
    ),
}


def level(kind: SignatureKind) -> Words:
    """Say what the signatures are worth where they come from this kind of provider."""
    return Words(nl=f"{SIMPLE.nl} {MORE[kind].nl}", en=f"{SIMPLE.en} {MORE[kind].en}")
