import COSE
import Crypto
import PKI

@testable import Trust

/// A network made for one test: its root, and the terms it signs.
struct Network {
  let root = SigningKey()
  var terms: TrustTerms

  init(name: String = "Test network", epoch: UInt32 = 1) {
    terms = TrustTerms(
      network: name, epoch: epoch, managerKeys: [Self.key()], signers: [Self.key()],
      anchors: [TrustTerms.Anchor(name: Self.name("Test root"), publicKey: Self.key())])
  }

  var rootPublicKey: [UInt8] { Array(root.publicKey.rawRepresentation) }

  func descriptor() throws -> [UInt8] { try terms.signed(by: root) }

  /// Signs any content as the root signs a descriptor's.
  func sign(_ content: [UInt8], keyIdentifier: [UInt8]? = nil, context: String = "muster-trust") throws -> [UInt8] {
    var cryptography = HostCryptography()
    try cryptography.add(root, as: KeyID(rawValue: 1))
    var bytes = [UInt8](repeating: 0, count: content.count + 256)
    var buffer = bytes.mutableSpan
    let kid = keyIdentifier ?? Array((rootPublicKey.keyThumbprint ?? []).prefix(8))
    let aad = Array(context.utf8)
    let count = try COSESign1.sign(
      into: &buffer, keyIdentifier: kid.span, externalAAD: aad.span, key: KeyID(rawValue: 1), with: &cryptography
    ) { (room) throws(CBORError) in
      for index in content.indices { room[index] = content[index] }
      return content.count
    }
    return Array(bytes.prefix(count))
  }

  /// Reads a descriptor as a device does.
  func read(_ bytes: [UInt8]) throws(TrustError) -> TrustDescriptor {
    var cryptography = HostCryptography()
    return try TrustDescriptor(bytes.span, root: rootPublicKey.span, with: &cryptography)
  }

  /// Why a device refuses a descriptor; nil when it does not.
  func refusal(of bytes: [UInt8]) -> TrustRefusal? {
    do throws(TrustError) {
      _ = try read(bytes)
    } catch {
      if case .refused(let refusal) = error { return refusal }
    }
    return nil
  }

  static func key() -> [UInt8] { Array(SigningKey().publicKey.rawRepresentation) }

  /// A Name with one common name.
  static func name(_ text: String) -> [UInt8] {
    let value: [UInt8] = [0x0C, UInt8(text.utf8.count)] + Array(text.utf8)
    let attribute: [UInt8] = element(0x30, [0x06, 0x03, 0x55, 0x04, 0x03] + value)
    return element(0x30, element(0x31, attribute))
  }

  static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    content.count < 128 ? [tag, UInt8(content.count)] + content : [tag, 0x81, UInt8(content.count)] + content
  }
}
