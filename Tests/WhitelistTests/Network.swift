import COSE
import Crypto
import PKI
import Whitelist

/// A network made for one test: its two signers, and what they sign.
struct Network {
  let signer = SigningKey()
  let nextSigner = SigningKey()

  /// The holder's.
  static let thumbprint = [UInt8](repeating: 0x48, count: 32)

  /// What the trust descriptor names.
  var signers: [[UInt8]] { [signer, nextSigner].map { Array($0.publicKey.rawRepresentation) } }

  /// Signs any content as a signer signs a list's.
  func sign(
    _ content: [UInt8], by key: SigningKey? = nil, keyIdentifier: [UInt8]? = nil, context: String = "muster-cwl"
  ) throws -> [UInt8] {
    let key = key ?? signer
    var cryptography = HostCryptography()
    try cryptography.add(key, as: KeyID(rawValue: 1))
    var bytes = [UInt8](repeating: 0, count: content.count + 256)
    var buffer = bytes.mutableSpan
    let kid = keyIdentifier ?? Array((Array(key.publicKey.rawRepresentation).keyThumbprint ?? []).prefix(8))
    let aad = Array(context.utf8)
    let count = try COSESign1.sign(
      into: &buffer, keyIdentifier: kid.span, externalAAD: aad.span, key: KeyID(rawValue: 1), with: &cryptography
    ) { (room) throws(CBORError) in
      for index in content.indices { room[index] = content[index] }
      return content.count
    }
    return Array(bytes.prefix(count))
  }

  /// Reads a list as its holder does.
  func read(
    _ list: [UInt8], signers: [[UInt8]]? = nil, capacity: WhitelistCapacity = WhitelistCapacity()
  ) throws(WhitelistError) -> Whitelist {
    var cryptography = HostCryptography()
    let keys = (signers ?? self.signers).flatMap(\.self)
    return try Whitelist(ListBytes(list), signers: keys.span, capacity: capacity, with: &cryptography)
  }

  /// Why a holder refuses a list; nil when it does not.
  func refusal(
    of list: [UInt8], signers: [[UInt8]]? = nil, capacity: WhitelistCapacity = WhitelistCapacity()
  ) -> WhitelistRefusal? {
    do throws(WhitelistError) {
      _ = try read(list, signers: signers, capacity: capacity)
    } catch {
      if case .refused(let refusal) = error { return refusal }
    }
    return nil
  }

  func refusal(of content: Content) throws -> WhitelistRefusal? { refusal(of: try sign(content.encoded)) }
}
