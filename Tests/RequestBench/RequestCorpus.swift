import Foundation
import TestKit

/// The requests of PyPI's `cryptography_vectors`, good and bad, by the names of their files.
enum RequestCorpus {
  static let all: [(name: String, der: [UInt8])] = {
    let libraries = Tool.checkout.appendingPathComponent(".venv/lib").path
    let files = FileManager.default
    return (try? files.contentsOfDirectory(atPath: libraries))?.flatMap { python -> [(name: String, der: [UInt8])] in
      let folder = "\(libraries)/\(python)/site-packages/cryptography_vectors/x509/requests"
      return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).sorted().compactMap { name in
        guard let bytes = files.contents(atPath: "\(folder)/\(name)") else { return nil }
        return (name, der(Array(bytes)))
      }
    } ?? []
  }()

  /// What is inside of PEM; anything else as it is.
  private static func der(_ bytes: [UInt8]) -> [UInt8] {
    let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
    guard lines.first?.hasPrefix("-----BEGIN") == true else { return bytes }
    return Data(base64Encoded: lines.filter { !$0.hasPrefix("-----") }.joined()).map(Array.init) ?? bytes
  }
}
