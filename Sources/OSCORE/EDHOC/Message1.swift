import COSE

/// message_1 (RFC 9528 §5.2.1), read strictly: ( METHOD, SUITES_I, G_X, C_I, ? EAD_1 ). It points into the message.
struct Message1: ~Escapable {
  /// G_X, 32 bytes.
  let ephemeral: Span<UInt8>
  /// C_I.
  let connection: ConnectionIdentifier
  /// EAD_1, or no bytes.
  let ead: Span<UInt8>

  /// - Throws: `method`, `wrongSuite`, `ephemeralKey`, or what is wrong with the encoding.
  @_lifetime(copy message)
  init(_ message: Span<UInt8>) throws(EDHOCError) {
    guard message.count <= EDHOC.maxMessageBytes else { throw .tooLong }
    let item: Span<UInt8>
    do throws(CBORError) {
      var reader = try CBORReader(message)
      guard try reader.uint32() == EDHOC.method else { throw .outOfRange }
      switch CipherSuites.judge(try reader.encodedItem()) {
      case .ours: break
      case .other: throw .unsupported
      case .malformed: throw .wrongType
      }
      self.ephemeral = try reader.byteString()
      item = try reader.encodedItem()
      var eadBytes = 0
      while !reader.isAtEnd { eadBytes += try reader.encodedItem().count }
      self.ead = message.extracting(message.count - eadBytes..<message.count)
    } catch {
      throw switch error {
      case .outOfRange: .method
      case .unsupported: .wrongSuite
      default: EDHOCError(error)
      }
    }
    guard self.ephemeral.count == EDHOC.coordinateBytes else { throw .ephemeralKey }
    self.connection = try ConnectionIdentifier(item: item)
  }
}
