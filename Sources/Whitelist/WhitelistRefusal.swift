/// Why a list is refused. The numbers go over the line and never change their meaning; they continue those of
/// certificates and trust descriptors (docs/spec/cwl.md, 'Refusal reasons').
public enum WhitelistRefusal: UInt8, Error, Equatable, Sendable {
  // The bytes.
  /// Not a COSE_Sign1, or its content not a map of its fields, in deterministic CBOR.
  case malformed = 97
  /// Longer than the format allows or than the device has room for.
  case tooLarge = 98
  /// The bytes end before the list does.
  case truncated = 99
  /// There are bytes behind the signature.
  case trailingBytes = 100
  /// A COSE_Sign1 of another form than the one there is: a tag, other header parameters, no kid of eight bytes.
  case form = 101
  /// There is no signature.
  case unsigned = 102
  // Who signed.
  /// The trust descriptor in force names no such signer: it never did, or does not any more.
  case otherSigner = 103
  /// The signer named did not sign these bytes.
  case signature = 104
  /// The signer's key in the trust descriptor is no point of the curve.
  case signerKey = 105
  // The header.
  /// A format version that is not known.
  case version = 106
  /// No name of a network, or one that is empty or too long.
  case network = 107
  /// No id of the list, or none of 1 to 2^32-1.
  case list = 108
  /// No holder, or one without a name or a thumbprint.
  case holder = 109
  /// No epoch, or none of 1 to 2^32-1.
  case epoch = 110
  /// No number, or none of 1 to 2^64-2: the last one could never be followed.
  case number = 111
  /// The three times are not there or not in their order.
  case times = 112
  /// A stale policy that is not known.
  case stalePolicy = 113
  /// A time mode that is not known, or restarts that are not of 0 to 65,535.
  case timeMode = 114
  /// More than eight issuers, one that is not two hashes, or not in ascending order.
  case issuers = 115
  /// Sets of rules that cannot be read, or too many.
  case rules = 116
  /// The end of observation is not within the list's time, or there can be no such end without time.
  case observation = 117
  /// It is a delta, and this reader takes whole lists.
  case delta = 118
  /// A field, option or part of a rule that is not known and may not be passed over.
  case criticalField = 119
  // The entries.
  /// More than the format allows or the device has room for.
  case tooManyEntries = 120
  /// An entry that cannot be read.
  case entry = 121
  /// An issuer or a set of rules that is not in its table.
  case entryIndex = 122
  /// A serial number that is empty, longer than 20 bytes or begins with a zero byte.
  case serialNumber = 123
  /// Entries that are not in ascending order, or one twice.
  case entryOrder = 124
  /// A validity that ends before it begins, or one in a list that is read without time.
  case entryValidity = 125
  // What is in force.
  /// It is for another network.
  case otherNetwork = 126
  /// It is another list than the one looked for.
  case otherList = 127
  /// It is another holder's.
  case otherHolder = 128
  /// Its epoch is lower than that of the list in force.
  case lowerEpoch = 129
  /// Its epoch is more than 16 above that of the list in force.
  case epochLeap = 130
  /// Its number is lower than that of the list in force.
  case lowerNumber = 131
  /// It has the epoch and number of the list in force and says something else: an alarm.
  case sameNumber = 132
  // Time.
  /// Its hard expiry has passed.
  case expired = 133
  /// It is from a time that has not come.
  case notYetValid = 134
  /// It asks for observation, which takes a trusted time.
  case observationWithoutTime = 135
}
