import PKI
import Synchronization
import X509

/// What a CA has acknowledged to its clients. Whatever happens to it afterwards, it must know all of this.
final class Acknowledged: Sendable {
  /// How somebody asked.
  enum Way: CaseIterable { case cmc, est, reenrolment, command }

  private struct State {
    var issued: [[UInt8]: [UInt8]] = [:]
    var twice: Set<[UInt8]> = []
    var revoked: Set<[UInt8]> = []
    var untold: [[UInt8]] = []
    var ways: [Way: Int] = [:]
  }
  private let state = Mutex(State())

  /// The certificates in DER by serial number.
  var issued: [[UInt8]: [UInt8]] { state.withLock { $0.issued } }
  /// Serial numbers of more than one certificate.
  var twice: Set<[UInt8]> { state.withLock { $0.twice } }
  /// The serial numbers that were revoked.
  var revoked: Set<[UInt8]> { state.withLock { $0.revoked } }
  /// How much was acknowledged in each way.
  var ways: [Way: Int] { state.withLock { $0.ways } }

  /// Notes a certificate. Every order here is another one, and so is every certificate.
  func issued(_ certificate: Certificate, by way: Way) throws {
    let der = try certificate.der
    let serial = Array(certificate.serialNumber.bytes)
    state.withLock { state in
      if state.issued.updateValue(der, forKey: serial) != nil { state.twice.insert(serial) }
      state.ways[way, default: 0] += 1
    }
  }

  /// Notes a revocation.
  func revoked(_ certificate: Certificate, by way: Way) {
    let serial = Array(certificate.serialNumber.bytes)
    state.withLock { state in
      state.revoked.insert(serial)
      state.untold.append(serial)
      state.ways[way, default: 0] += 1
    }
  }

  /// The revocations since this was last asked.
  func takeUntold() -> [[UInt8]] {
    state.withLock { state in
      defer { state.untold = [] }
      return state.untold
    }
  }
}
