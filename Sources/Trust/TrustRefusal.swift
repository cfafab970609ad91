/// Why a trust descriptor is refused. The numbers go over the line and never change their meaning; they continue those
/// of certificates (docs/spec/trust.md, 'Refusal reasons').
public enum TrustRefusal: UInt8, Error, Equatable, Sendable {
  // The bytes.
  /// Not a COSE_Sign1, or its content not a map, in deterministic CBOR.
  case malformed = 65
  /// Longer than `TrustLimits.descriptorBytes`.
  case tooLarge = 66
  /// A COSE_Sign1 of another form than the one there is: a tag, other header parameters, no kid of eight bytes.
  case form = 67
  /// A format version that is not known.
  case version = 68
  /// No name of the network, or one that is empty or too long.
  case network = 69
  /// No epoch, or one that is not in 1 to 2^32-1.
  case epoch = 70
  /// Not one or two managers' keys of 64 bytes.
  case managerKeys = 71
  /// More than two whitelist signers, or one that is not 64 bytes.
  case signers = 72
  /// Not one or two anchors, each a name and a key of 64 bytes.
  case anchors = 73
  /// A subject name that is not one DER SEQUENCE of at most `TrustLimits.anchorNameBytes`, or an empty one.
  case anchorName = 74
  /// One key twice among the keys of a kind.
  case duplicateKey = 75
  /// A field that is not known and may not be passed over: its key is no unsigned integer.
  case criticalField = 76
  // Who signed.
  /// The root to be pinned is no P-256 point of 64 bytes.
  case rootKey = 77
  /// Another root signed it.
  case otherRoot = 78
  /// It names the pinned root, which did not sign it.
  case signature = 79
  // What is in force.
  /// It is for another network.
  case otherNetwork = 80
  /// It is older than the one in force.
  case lowerEpoch = 81
  /// It has the epoch of the one in force and says something else: the root signed two things, an alarm.
  case sameEpoch = 82
}
