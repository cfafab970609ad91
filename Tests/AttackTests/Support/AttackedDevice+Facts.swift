import COSE
import CoAP
import CoAPStream

@testable import DeviceKit

extension AttackedDevice {
  /// Whether it holds a certificate.
  var isCertified: Bool { device.state == .certified }

  /// Whether it has a session with a manager, or is about to complete one.
  var hasSession: Bool { device.session.isReady }

  /// x and y of its bootstrap key.
  var bootstrap: [UInt8] { keys.coordinates(BootstrapKey.id.rawValue) ?? [] }

  /// x and y of its identity key; nil before there is one.
  var identity: [UInt8]? { keys.coordinates(IdentityKeys.first.rawValue) }

  /// SHA-256 of the certificate it holds.
  var certificateDigest: [UInt8]? {
    guard isCertified else { return nil }
    var leaf = LeafFacts()
    var scratch = [UInt8](repeating: 0, count: Self.messageBytes)
    var span = scratch.mutableSpan
    do { try device.read(&leaf, scratch: &span) } catch { return nil }
    return leaf.digest.indices.map { leaf.digest[$0] }
  }

  /// Gives it an owner, as `muster provision` does on the direct line.
  func provision(root: [UInt8], descriptor: [UInt8]) throws {
    let payload: [UInt8] =
      [0xA2, 0x01, 0x58, 0x40] + root
      + [0x02, 0x59, UInt8(descriptor.count >> 8), UInt8(descriptor.count & 0xFF)] + descriptor
    let frame = try CoAPMessage.request(.post, "provision", contentFormat: .cbor, payload: payload).serialized()
    var buffer = frame
    var reply = [UInt8](repeating: 0, count: Self.messageBytes)
    var message = buffer.mutableSpan
    var room = reply.mutableSpan
    let count = device.handle(&message, reply: &room, now: 0)
    guard try CoAPMessage(parsing: Array(reply.prefix(count))).code == .changed else { throw AttackError.setup }
  }
}
