import COSE
import DeviceCrypto
import Foundation
import Testing

/// All tests that touch PSA, one after another: mbedTLS 2.28's PSA has global state and no locks.
@Suite(.serialized) enum PSATests {
  /// libmbedcrypto keeps persistent keys as files in the working directory: one folder for the whole run.
  private static let workingDirectory: Void = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "muster-psa-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    #expect(FileManager.default.changeCurrentDirectoryPath(folder.path))
    atexit {
      try? FileManager.default.removeItem(atPath: FileManager.default.currentDirectoryPath)
    }
  }()

  /// Cryptography with no key under `id`.
  static func cryptography(without id: KeyID = identity) throws -> PSACryptography {
    workingDirectory
    var crypto = try PSACryptography()
    try crypto.destroyKey(id)
    return crypto
  }

  static let identity = KeyID(rawValue: 0x1001)
}

extension PSACryptography {
  /// The public key as swift-crypto takes it.
  mutating func publicKeyBytes(_ id: KeyID) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 65)
    var span = bytes.mutableSpan
    try publicKey(of: id, into: &span)
    return bytes
  }

  mutating func signature(_ digest: [UInt8], by id: KeyID) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64)
    var span = bytes.mutableSpan
    try sign(digest: digest.span, with: id, into: &span)
    return bytes
  }
}

/// Runs `body` and returns the `CryptoError` it throws.
func cryptoError(_ body: () throws(CryptoError) -> Void) -> CryptoError? {
  do throws(CryptoError) {
    try body()
    return nil
  } catch {
    return error
  }
}
