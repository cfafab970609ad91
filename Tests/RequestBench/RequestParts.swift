import Crypto

/// A PKCS#10 request put together by hand, so that every part of it can be wrong. As it is first, the CA certifies it.
struct RequestParts {
  static let ecdsaWithSHA256 = tlv(0x30, [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])
  static let commonName: [UInt8] = [0x06, 0x03, 0x55, 0x04, 0x03]
  static let serialNumber: [UInt8] = [0x06, 0x03, 0x55, 0x04, 0x05]
  static let alternativeNames: [UInt8] = [0x06, 0x03, 0x55, 0x1D, 0x11]

  let key = P256.Signing.PrivateKey()
  var version: [UInt8] = [0x02, 0x01, 0x00]
  var subject = Self.subject(
    Self.attribute(Self.serialNumber, 0x13, "SN-1"), Self.attribute(Self.commonName, 0x0C, "SN-1"))
  /// Nil for the key's own.
  var keyInfo: [UInt8]?
  var attributes = Self.attributes(Self.extensionRequest(Self.names([0x82] + short("sn-1.plant.test"))))
  /// What stands behind the attributes.
  var surplus: [UInt8] = []
  var algorithm = Self.ecdsaWithSHA256
  /// Makes the signature's element of the true signature in DER.
  var signature: ([UInt8]) -> [UInt8] = { tlv(0x03, [0x00] + $0) }
  /// Makes the request of its three elements.
  var whole: ([UInt8]) -> [UInt8] = { tlv(0x30, $0) }

  /// The request, signed whatever is in it.
  func bytes() throws -> [UInt8] {
    let keyInfo = keyInfo ?? Array(key.publicKey.derRepresentation)
    let info = tlv(0x30, version + subject + keyInfo + attributes + surplus)
    return whole(info + algorithm + signature(Array(try key.signature(for: info).derRepresentation)))
  }

  static func subject(_ names: [UInt8]...) -> [UInt8] { tlv(0x30, names.flatMap { tlv(0x31, $0) }) }

  static func attribute(_ type: [UInt8], _ tag: UInt8, _ value: String) -> [UInt8] {
    tlv(0x30, type + tlv(tag, Array(value.utf8)))
  }

  static func attributes(_ attributes: [UInt8]...) -> [UInt8] { tlv(0xA0, attributes.flatMap { $0 }) }

  static func extensionRequest(_ extensions: [UInt8]...) -> [UInt8] {
    let type: [UInt8] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x0E]
    return tlv(0x30, type + tlv(0x31, tlv(0x30, extensions.flatMap { $0 })))
  }

  static func `extension`(_ type: [UInt8], critical: [UInt8] = [], _ value: [UInt8]) -> [UInt8] {
    tlv(0x30, type + critical + tlv(0x04, value))
  }

  /// The extension subjectAltName with these GeneralNames.
  static func names(_ names: [UInt8]...) -> [UInt8] {
    Self.extension(alternativeNames, tlv(0x30, names.flatMap { $0 }))
  }
}

/// An element in DER: tag, length, contents.
func tlv(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
  let count = contents.count
  let length: [UInt8] =
    switch count {
    case ..<0x80: [UInt8(count)]
    case ..<0x100: [0x81, UInt8(count)]
    default: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
    }
  return [tag] + length + contents
}

/// Length and bytes of a text shorter than 128 bytes.
func short(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }
