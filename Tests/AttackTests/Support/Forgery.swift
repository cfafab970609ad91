import CoAP
import CoAPStream
import OSCORE
import TestKit

/// Messages of somebody who has no keys.
enum Forgery {
  /// An unprotected request that the one at this end might obey.
  static func request(
    _ direction: HostileWire.Direction, uptime: UInt64, using random: inout SplitMix
  ) -> [UInt8] {
    request(.random(in: direction == .toDevice ? 0...2 : 3...4, using: &random), uptime: uptime)
  }

  /// An unprotected request as the other end would make it, fresh by an Echo: without keys the device's uptime is no secret.
  static func request(_ kind: Int, uptime: UInt64) -> [UInt8] {
    var message =
      switch kind {
      case 0:
        CoAPMessage.request(
          .post, "csr", contentFormat: .cbor, payload: [0xA1, 0x01, 0x68] + Array(Ownership.network.utf8))
      case 1: CoAPMessage.request(.put, "crt", contentFormat: .certsOnly, payload: [0x30, 0x00])
      case 2: CoAPMessage.request(.post, "reset")
      case 3: CoAPMessage.request(.post, "register", contentFormat: .cbor, payload: registration)
      default: CoAPMessage.request(.post, "report", contentFormat: .coseSign1, payload: [0x84])
      }
    message.token = Token([0xFA].span) ?? Token()
    if kind < 3 {
      let value = EchoFreshness.value(uptimeMilliseconds: UInt32(truncatingIfNeeded: uptime))
      message.add(.echo, value.indices.map { value[$0] })
    }
    return (try? message.serialized()) ?? []
  }

  /// What AT-0001 says at `/register`, but for its model.
  private static let registration: [UInt8] =
    [0xA5, 0x01, 0x67] + Array("AT-0001".utf8) + [0x02, 0x66] + Array("forged".utf8)
    + [0x03, 0x61, 0x30, 0x04, 0x01, 0x06, 0x19, 0x05, 0x00]

  /// A message cut off at the end, with a length in front that fits what is left: the framing would catch any other.
  static func truncated(_ frame: [UInt8], using random: inout SplitMix) -> [UInt8] {
    guard var message = try? CoAPMessage(parsing: frame), !message.payload.isEmpty else {
      return Array(frame.prefix(Int.random(in: 0..<frame.count, using: &random)))
    }
    message.payload.removeLast(Int.random(in: 1...message.payload.count, using: &random))
    return (try? message.serialized()) ?? []
  }

  /// An unprotected answer to a message that was seen.
  static func answer(to frame: [UInt8], code kind: Int) -> [UInt8] {
    guard let seen = try? CoAPMessage(parsing: frame) else { return frame }
    let codes: [Code] = [.unauthorized, .badRequest, .changed, .forbidden]
    return (try? CoAPMessage(code: codes[kind % codes.count], token: seen.token).serialized()) ?? []
  }
}
