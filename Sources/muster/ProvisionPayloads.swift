import COSE
import Edge
import Manager
import PKI

/// What a device in factory state says about itself: the answer to `/id` (docs/spec/device.md).
struct DeviceIdentity: Equatable {
  var serialNumber = ""
  var model = ""
  var firmware = ""
  /// The longest CoAP message it takes, in bytes.
  var maxMessageBytes: UInt64 = 0
  /// The public half of its bootstrap key: x and y, 64 bytes; empty when it does not say.
  var publicKey: [UInt8] = []

  /// The name of its bootstrap key (RFC 9679); nil when it does not say.
  var thumbprint: [UInt8]? { publicKey.keyThumbprint }

  /// - Returns: nil when the bytes are no such map.
  init?(cbor: [UInt8]) {
    do {
      var reader = try CBORReader(cbor.span)
      for _ in 0..<(try reader.map()) {
        switch try reader.uint() {
        case 1: serialNumber = String(span: try reader.text())
        case 2: model = String(span: try reader.text()).shown()
        case 3: firmware = String(span: try reader.text()).shown()
        case 4: maxMessageBytes = try reader.uint()
        case 5: publicKey = Array(span: try reader.byteString())
        default: try reader.skip()
        }
      }
    } catch {
      return nil
    }
    // It is printed, typed by people, and what the manager is to know it by: nothing may hide in it.
    guard (try? DeviceID(serialNumber)) != nil else { return nil }
  }
}

/// What `/provision` takes, and how it refuses.
enum ProvisionRequest {
  static func cbor(root: [UInt8], descriptor: [UInt8]) throws(CBORError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16 + root.count + descriptor.count)
    var buffer = bytes.mutableSpan
    var writer = CBORWriter(&buffer)
    writer.map(2)
    writer.uint(1)
    writer.bytes(root.span)
    writer.uint(2)
    writer.bytes(descriptor.span)
    let count = try writer.finish()
    return Array(bytes[..<count])
  }

  /// The name of the reason in a refusal's payload; nil when there is none.
  static func refusalName(cbor: [UInt8]) -> String? {
    do {
      var reader = try CBORReader(cbor.span)
      for _ in 0..<(try reader.map()) {
        if try reader.uint() == 2 { return String(span: try reader.text()).shown() }
        try reader.skip()
      }
    } catch {}
    return nil
  }
}
