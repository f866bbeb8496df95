"""Every refusal of the engine, by name.

A refusal is an answer, not a fault: it says what is wrong, where, and what to do about it.
Doors translate it once (exit code 1, or a 4xx status).
"""

from __future__ import annotations


class Refusal(Exception):
    """Something was not done, for a reason that the person at the door can act on."""

    @property
    def name(self) -> str:
        """The refusal's name as other programs see it, such as ``consensus-missing``."""
        words = type(self).__name__.removesuffix("Error")
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in words).lstrip("-")


class NotFoundError(Refusal):
    """What was asked for is not in the record."""


class FaultError(Exception):
    """What the program stands on failed, and no rule refused: exit code 3, said in a sentence."""


class UnreachableError(FaultError):
    """The database, or the place of the documents, is away or does not take what it should."""


class StorageError(FaultError):
    """A disk is full, fails, or cannot be written where it should be."""


# Files and texts that come in


class UnreadableError(Refusal):
    """A file or text is not what it should be: wrong form, unknown or missing fields."""


class NotCanonicalError(UnreadableError):
    """Bytes are not in the one canonical form of RFC 8785 in the narrow profile."""


class HiddenTextError(Refusal):
    """A text holds characters that a reader would not see as they are."""


class TooLargeError(Refusal):
    """An envelope is larger than a log entry, or a document than a file, may be."""


class DocumentError(Refusal):
    """A document is absent, is not the one that is listed, or would show what is confidential."""


# Push


class SubscriptionError(Refusal):
    """A subscription cannot be made, moved or continued as it was asked."""


class TargetError(SubscriptionError):
    """A URL may not be pushed to: its form, its scheme, or where it leads."""


# Seals and keys


class SealError(Refusal):
    """An envelope breaks the strict DSSE profile."""


class SignatureNotGenuineError(SealError):
    """A signature was not made over these bytes with this key."""


class KeyRecordError(Refusal):
    """A key record is not in the one form that is accepted."""


class KeyFileError(Refusal):
    """A private key's file cannot be opened: damaged, or the password is wrong."""


class TokenError(Refusal):
    """A key on a token cannot be used: module, token or key is absent, or more than one fits."""


class WrongPinError(TokenError):
    """The PIN of a token is wrong, or locked; it was sent once and is not tried again."""


class KeyTakenError(Refusal):
    """A key has, or has had, another place: one key, one role."""


class ContextError(Refusal):
    """An envelope belongs to another committee, founding, decision or kind."""


# Who may say what


class FoundingError(Refusal):
    """A founding does not hold: a side's authority is missing or the statement is not sound."""


class AppointmentError(Refusal):
    """An appointment does not hold: not by its own side's authority, or out of order."""


class NotEntitledError(Refusal):
    """The key or the person may not do this, now."""


class AnchorError(Refusal):
    """Nothing that both governments published says that this founding is theirs."""


class LogProofError(Refusal):
    """What is said of the transparency log does not follow from its tree, or is not signed."""


class LogRewrittenError(LogProofError):
    """A log has other entries where there were some before: it denies what it said."""


class LogReorderedError(LogRewrittenError):
    """A log has the entries that it had before, in another order."""


class LogForkedError(LogRewrittenError):
    """A log goes on, from somewhere in its past, as another than it was before."""


class LogShortenedError(LogRewrittenError):
    """A log has fewer entries than it had before."""


class LogWithholdsError(LogProofError):
    """A log leaves out an envelope that was handed in."""


class TileError(LogProofError):
    """A file of a log contradicts its checkpoint, or another file."""


class LogSourceError(Refusal):
    """Where a log is pulled from does not answer, or not with what it should; try again."""


class LogFilesError(Refusal):
    """A folder of a transparency log is altered, damaged, or the log of another record."""


class TimestampError(Refusal):
    """A time stamping authority gave no time, or what it gave does not hold."""


class LogEntryError(LogProofError):
    """An entry of a transparency log breaks a rule of its place; all before it are good."""


# The desk


class NotSignedInError(Refusal):
    """Nobody is signed in, or no longer."""


class SignInError(Refusal):
    """A sign-in, or a browser's signature, does not hold: no known passkey, another site, a replay.

    Whoever asks is told no more than helps the one whose passkey it is.
    """


class ForgedRequestError(Refusal):
    """A form came from another page than ours, or from one that is too old."""


class TooManyTriesError(Refusal):
    """One address was refused so often that it has to wait."""


class MachineTokenError(Refusal):
    """A machine's token is unknown, over, revoked, or not for this."""


# Consensus


class ConsensusMissingError(Refusal):
    """Both sides have not (yet) agreed."""


class AdoptionRecordError(Refusal):
    """An adoption record does not say what the signatures and the procedure say."""


class StepNotAllowedError(Refusal):
    """The proposal, or the case, is at a stage at which this cannot be done."""


class MeetingNotYetError(StepNotAllowedError):
    """The meeting has not taken place."""


# The docket


class StepDateError(Refusal):
    """A step is dated in the future, or before the one before it."""


class PapersMissingError(Refusal):
    """Documents are missing that the rulebook wants for this step."""


class NotASlipError(Refusal):
    """What would be changed is no clerical slip: it has weight, or nothing would change."""


class ReliedOnError(Refusal):
    """The committee has the entry before it, or has decided on it: it stands as it was read."""


class ReportError(Refusal):
    """A registry's report is not one that can be recorded."""


# Rules and items


class RulebookError(Refusal):
    """A rulebook is not sound, or not the one in force."""


class ItemError(Refusal):
    """An item of a decision breaks a rule."""


class PreconditionError(ItemError):
    """The items do not fit what is decided already, or the rules in force."""


# The store


class SomeoneActedFirstError(Refusal):
    """Another writer recorded something in between: look again."""


class WrongHomeError(Refusal):
    """A home directory is of another version, or not one of ours."""


class TamperedError(Refusal):
    """Stored events are not as they were written."""


class FoundedAlreadyError(Refusal):
    """The committee is founded; a second founding would be a second history."""


# The reference registry


class ReferenceRegistryError(Refusal):
    """The reference registry did not do something; it says why."""
