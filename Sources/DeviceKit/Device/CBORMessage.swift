import COSE
import CoAP

/// Writes a message with a CBOR payload.
///
/// - Parameters:
///   - path: The Uri-Path of a request; empty for an answer.
///   - write: Writes the payload.
/// - Returns: Bytes of it; 0 when the buffer is too short.
func writeCBOR(
  to buffer: inout MutableSpan<UInt8>, code: Code, token: Token, path: StaticString = "",
  _ write: (inout CBORWriter) -> Void
) -> Int {
  var writer = MessageWriter(&buffer, code: code, token: token)
  writer.path(path)
  writer.option(.contentFormat, uint: UInt32(ContentFormat.cbor.rawValue))
  writer.payload { rest in
    var cbor = CBORWriter(&rest)
    write(&cbor)
    return (try? cbor.finish()) ?? 0
  }
  return (try? writer.finish()) ?? 0
}
