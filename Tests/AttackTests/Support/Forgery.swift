import CoAP
import CoAPStream

/// Messages of somebody who has no keys.
enum Forgery {
  /// An unprotected request.
  static func request(_ kind: Int, number: String) -> [UInt8] {
    var message =
      switch kind {
      case 0: CoAPMessage.request(.post, "csr", payload: Array("attacked".utf8))
      case 1: CoAPMessage.request(.put, "crt", payload: [0x30, 0x00])
      case 2: CoAPMessage.request(.post, "reset")
      case 3: CoAPMessage.request(.post, "register", payload: Array("AT-0001;forged".utf8))
      default: CoAPMessage.request(.post, "report", payload: Array("AT-0001;00;forged".utf8))
      }
    message.token = Token([0xFA].span) ?? Token()
    message.add(.uriQuery, number)
    return (try? message.serialized()) ?? []
  }

  /// An unprotected answer to a message that was seen.
  static func answer(to frame: [UInt8], code kind: Int) -> [UInt8] {
    guard let seen = try? CoAPMessage(parsing: frame) else { return frame }
    let codes: [Code] = [.unauthorized, .badRequest, .changed, .forbidden]
    return (try? CoAPMessage(code: codes[kind % codes.count], token: seen.token).serialized()) ?? []
  }
}
