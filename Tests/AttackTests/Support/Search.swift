import Foundation
import PKI
import Testing

/// Somebody who has recorded bytes, and knows what to look for.
enum Search {
  /// What must not be found, by its name.
  private static func secrets(_ story: Story) async throws -> [(name: String, bytes: [UInt8])] {
    let device = story.devices[0]
    let certificate = try #require(try await story.manager.certificates(of: device.serialNumber).first)
    let identity = try #require(device.identity)
    let manager = story.manager.publicKey
    return [
      ("the device's name", Array(device.serialNumber.utf8)), ("the network's name", Array(Ownership.network.utf8)),
      ("the certificate", Array(certificate.der[40..<80])),
      ("the certificate's serial number", certificate.serialNumber),
      ("the identity key's x", Array(identity[..<32])), ("the identity key's y", Array(identity[32...])),
      ("the bootstrap key's x", Array(device.bootstrap[..<32])),
      ("the bootstrap key's y", Array(device.bootstrap[32...])),
      ("the bootstrap key's thumbprint", Array(try #require(device.bootstrap.keyThumbprint)[..<8])),
      ("the manager's key", Array(manager[..<32])),
      ("the manager's thumbprint", Array(try #require(manager.keyThumbprint)[..<8])),
    ]
  }

  /// Every encoding of it that anybody might have let slip.
  static func encodings(_ bytes: [UInt8]) -> [(name: String, bytes: [UInt8])] {
    let hexadecimal = bytes.hexadecimal
    var all: [(String, [UInt8])] = [
      ("raw", bytes), ("hexadecimal", Array(hexadecimal.utf8)), ("HEXADECIMAL", Array(hexadecimal.uppercased().utf8)),
    ]
    // Base64 looks different by where in a group of three it begins; the first and last characters depend on neighbours.
    for shift in 0..<3 {
      let text = Data([UInt8](repeating: 0, count: shift) + bytes).base64EncodedString()
      let inside = text.dropFirst(shift == 0 ? 0 : 4).dropLast(4)
      guard inside.count >= 6 else { continue }
      all.append(("base64", Array(inside.utf8)))
      let url = inside.replacing("+", with: "-").replacing("/", with: "_")
      all.append(("base64url", Array(url.utf8)))
    }
    return all + all.map { ("reversed \($0.0)", $0.1.reversed()) }
  }

  /// What is in a recording of the story's own device, by name and encoding.
  static func findings(in recording: [UInt8], of story: Story) async throws -> [String] {
    let recording = Data(recording)
    return try await secrets(story).flatMap { secret in
      encodings(secret.bytes).filter { recording.range(of: Data($0.bytes)) != nil }
        .map { "\(secret.name), \($0.name)" }
    }
  }
}
