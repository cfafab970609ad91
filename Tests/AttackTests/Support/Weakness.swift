/// What is left out of a weakened build. An attack that a sound build survives must bring down the one that lacks just the
/// defence against it: else the test tests nothing.
///
/// None of this is a switch of the product. It is done to it from outside: by another cryptography, by a clock that stands
/// still, and by other callers of the product's own parts.
enum Weakness: CaseIterable, Hashable, Sendable {
  /// Without EDHOC and OSCORE: both ends speak in clear, and a line is who its device is.
  case unprotected
  /// AES-CCM decrypts and never looks at the tag.
  case ignoresTags
  /// The replay windows forget what they have seen.
  case forgetsNumbers
  /// The device's clock stands still for whoever looks at an Echo: none is ever stale.
  case withoutEcho
  /// The device asks nothing twice.
  case withoutRetry
  /// The manager takes the name that a device gives for the device it is.
  case takesAnyDevice
  /// Each ephemeral key is the same, and so is each connection identifier.
  case constantRandomness
}
