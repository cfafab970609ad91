import Crypto

/// A code that admits once: 160 random bits, shown once, kept only as a hash.
///
/// With that many bits a plain hash is enough at rest: there is nothing to guess that a slow hash would slow down. The type
/// has no description on purpose, so that a code does not slip into a log.
public struct OneTimeCode: Sendable {
  /// The code for people: 32 letters and digits in groups of four, without those that look alike (Crockford's base 32).
  public let text: String

  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let characters = 32

  /// A fresh code.
  public static func random() -> OneTimeCode {
    // 256 is a multiple of 32, so that every character is equally likely.
    OneTimeCode(characters: randomBytes(characters).map { alphabet[Int($0 % 32)] })
  }

  /// A code that someone typed: case and hyphens do not matter, and look-alikes (O, I, L) are read as the digits meant.
  ///
  /// - Returns: nil when it cannot be a code.
  public init?(_ typed: String) {
    let lower = typed.lowercased().utf8.filter { $0 != UInt8(ascii: "-") }.map { byte -> UInt8 in
      switch byte {
      case UInt8(ascii: "o"): UInt8(ascii: "0")
      case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
      default: byte
      }
    }
    guard lower.count == Self.characters, lower.allSatisfy(Self.alphabet.contains) else { return nil }
    self.init(characters: lower)
  }

  private init(characters: [UInt8]) {
    text = stride(from: 0, to: characters.count, by: 4)
      .map { String(decoding: characters[$0..<min($0 + 4, characters.count)], as: UTF8.self) }
      .joined(separator: "-")
  }

  /// What is kept instead of the code: SHA-256 over a label and the code.
  public var digest: [UInt8] {
    var hash = SHA256()
    hash.update(data: Array("muster one-time code\0".utf8))
    hash.update(data: Array(text.utf8))
    return Array(hash.finalize())
  }
}
