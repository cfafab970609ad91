import Crypto
import Foundation

/// What one core needs for the bare curve operations, by the library that the CA uses.
struct References {
  /// Of one signature and of one verification with ECDSA on P-256 over SHA-256, in seconds of processor time.
  let (signature, verification): (Double, Double)

  /// What an order cannot do without: the order's signature and the device's are verified; the certificate is signed with a
  /// throw-away key to be looked at, and with the CA's.
  var order: Double { 2 * verification + 2 * signature }

  /// - Parameter bytes: how much is signed; a certificate's signed part has about 500.
  init(rounds: Int, bytes: Int = 500) async throws {
    let key = P256.Signing.PrivateKey()
    let message = Data((0..<bytes).map { UInt8(truncatingIfNeeded: $0) })
    var (signing, verifying) = (Stopwatch(), Stopwatch())
    let signatures = try await signing.measure { try (0..<rounds).map { _ in try key.signature(for: message) } }
    let good = await verifying.measure {
      signatures.filter { key.publicKey.isValidSignature($0, for: message) }.count
    }
    guard good == rounds else { throw CocoaError(.featureUnsupported) }
    signature = signing.processor / Double(rounds)
    verification = verifying.processor / Double(rounds)
  }
}
