/// What is left out of a weakened build. An attack that a sound build survives must bring down the one that lacks just the
/// defence against it: else the test tests nothing. None of this is a switch of the product; it is done to it from outside.
enum Weakness: Hashable, Sendable {
  /// The path of old: no EDHOC, no OSCORE, and unprotected requests are served.
  case unprotected
  /// AES-CCM decrypts and never looks at the tag.
  case ignoresTags
  /// A context is restored from memory after each message, and with it an empty replay window.
  case forgetsNumbers
  /// State changes need no fresh Echo.
  case withoutEcho
  /// Nothing is ever asked twice.
  case withoutRetry
  /// The device takes a manager's credential from the message instead of from its trust descriptor.
  case takesAnyManager
  /// The manager takes any key for any device.
  case takesAnyDevice
  /// Each ephemeral key is the same, and so is each connection identifier.
  case constantRandomness
  /// Answers are matched to sessions by the line they come from, and nothing else.
  case takesLineForIdentity
}
