import COSE
import PKI

/// What the manager sends to devices in CBOR.
enum DeviceRequests {
  /// `csr-request`: the network's name, and the DNS suffix if the device shall have a name under it.
  static func csr(network: String, suffix: String?) -> [UInt8] {
    encode(capacity: 16 + network.utf8.count + (suffix?.utf8.count ?? 0)) { writer in
      writer.map(suffix == nil ? 1 : 2)
      writer.uint(1)
      writer.text(utf8: Array(network.utf8).span)
      if let suffix {
        writer.uint(2)
        writer.text(utf8: Array(suffix.utf8).span)
      }
    }
  }

  /// `register-answer`: when to call again.
  static func registerAnswer(seconds: UInt32) -> [UInt8] {
    encode(capacity: 8) { writer in
      writer.map(1)
      writer.uint(1)
      writer.uint32(seconds)
    }
  }

  private static func encode(capacity: Int, _ body: (inout CBORWriter) -> Void) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: capacity)
    var span = bytes.mutableSpan
    var writer = CBORWriter(&span)
    body(&writer)
    // The capacities above are bounds, so nothing can fail; an empty payload would be refused by the device.
    let count = (try? writer.finish()) ?? 0
    return Array(bytes.prefix(count))
  }
}

/// Why a device refused a certificate: number and name of docs/spec/device.md.
struct DeviceRefusal: Equatable {
  let number: UInt32
  let name: String

  init?(_ payload: [UInt8]) {
    var number: UInt32?
    var name: String?
    do {
      var reader = try CBORReader(payload.span)
      for _ in 0..<(try reader.map()) {
        switch try reader.uint() {
        case 1: number = try reader.uint32()
        case 2: name = String(span: try reader.text())
        default: try reader.skip()
        }
      }
    } catch {
      return nil
    }
    guard let number, let name, (1...64).contains(name.utf8.count), name.allSatisfy({ $0.isLetter && $0.isASCII })
    else { return nil }
    self.number = number
    self.name = name
  }
}
