import COSE
import PKI

/// What a device's bootstrap key is known by: the SHA-256 thumbprint of RFC 9679, in lower-case hexadecimal. It stands on
/// labels and in factory lists, and survives every certificate.
public struct Thumbprint: Hashable, Sendable, CustomStringConvertible, Codable {
  /// 64 digits.
  public let text: String

  /// Reads what people type and lists hold: 64 hexadecimal digits, upper or lower case.
  ///
  /// - Throws: ``ManagerError`` with code `invalid`.
  public init(_ text: String) throws(ManagerError) {
    guard text.utf8.count == 64, let bytes = [UInt8](hexadecimal: text) else {
      throw ManagerError(
        .invalid, "'\(text.prefix(80))' is no thumbprint.",
        remedy: "It has 64 hexadecimal digits, as on the device's label.")
    }
    self.text = bytes.hexadecimal
  }

  init(sha256 bytes: some Collection<UInt8>) { text = bytes.hexadecimal }
  init(stored text: String) { self.text = text }

  /// - Throws: as ``init(_:)``.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(String.self))
  }

  /// As one string.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }

  /// The digits.
  public var description: String { text }

  /// The first 8 bytes: the name of the key's credential in EDHOC (ID_CRED), short and not unique.
  var keyIdentifier: String { String(text.prefix(2 * KeyThumbprint.keyIdentifierBytes)) }
}

/// A device's bootstrap key, whole. Who holds its private half is the device, whatever else it says about itself.
struct DeviceKey: Hashable, Sendable {
  /// x and y, 32 bytes each.
  let coordinates: [UInt8]
  let thumbprint: Thumbprint

  /// Nil when it is not 64 bytes. Whether it is a point of the curve shows in EDHOC.
  init?(_ coordinates: [UInt8]) {
    var digest = [UInt8](repeating: 0, count: KeyThumbprint.bytes)
    var span = digest.mutableSpan
    do {
      try KeyThumbprint.compute(of: coordinates.span, into: &span, with: HostCryptography())
    } catch {
      return nil
    }
    self.coordinates = coordinates
    thumbprint = Thumbprint(sha256: digest)
  }

  /// A key read back from the store, which keeps its thumbprint beside it.
  init(stored coordinates: [UInt8], _ thumbprint: Thumbprint) {
    self.coordinates = coordinates
    self.thumbprint = thumbprint
  }
}
