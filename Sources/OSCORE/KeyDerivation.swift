import COSE
import CoAP

/// The keys and the common IV of a context (RFC 8613 §3.2.1).
struct KeyDerivation {
  private var info: InlineArray<24, UInt8>
  private var infoBytes: Int

  /// `[id, id_context, 10, type, L]`, where every head is one byte.
  ///
  /// - Parameters:
  ///   - id: whose key; empty for the common IV.
  ///   - outputBytes: 16 for a key, 13 for the common IV; the type goes by it.
  init(id: ConnectionIdentifier?, idContext: IDContext?, outputBytes: UInt8) {
    self.info = InlineArray(repeating: 0)
    self.infoBytes = 0
    self.append(0x85)
    self.append(0x40 | UInt8(truncatingIfNeeded: id?.count ?? 0))
    if let id { for index in 0..<id.count { self.append(id[index]) } }
    if let idContext {
      self.append(0x40 | UInt8(truncatingIfNeeded: idContext.count))
      for index in 0..<idContext.count { self.append(idContext[index]) }
    } else {
      self.append(0xF6)
    }
    self.append(CipherInput.algorithm)
    if outputBytes == 16 {
      self.append(0x63)
      self.append(UInt8(ascii: "K"))
      self.append(UInt8(ascii: "e"))
      self.append(UInt8(ascii: "y"))
    } else {
      self.append(0x62)
      self.append(UInt8(ascii: "I"))
      self.append(UInt8(ascii: "V"))
    }
    self.append(outputBytes)
  }

  // Once, not at each caller: code size.
  @inline(never)
  private mutating func append(_ byte: UInt8) {
    self.info[self.infoBytes] = byte
    self.infoBytes += 1
  }

  /// HKDF-Expand of the pseudorandom key by this info.
  // Once, not at each caller: code size.
  @inline(never)
  func expand<Crypto: Cryptography & ~Copyable>(
    _ key: Span<UInt8>, into output: inout MutableSpan<UInt8>, with crypto: borrowing Crypto
  ) throws(CryptoError) {
    try HKDF.expandBlock(key: key, info: self.info.span.extracting(0..<self.infoBytes), into: &output, with: crypto)
  }
}
