import PKI
import TestKit
import Testing

@testable import MockCA

/// Where a CA under test has the keys of its anchor, its issuing CA and its OCSP responder.
enum KeyHome: String, CaseIterable {
  case files, token

  /// Places for one CA more. The token's are SoftHSM2's.
  func places() throws -> CAKeyPlaces {
    switch self {
    case .files: return CAKeyPlaces()
    case .token:
      try #require(SoftHSM.isReady, "SoftHSM2 does not work here: run `make setup`")
      let name = randomBytes(6).hexadecimal
      return CAKeyPlaces(
        anchor: SoftHSM.uri("\(name)-anchor"), issuing: SoftHSM.uri("\(name)-issuing"),
        ocsp: SoftHSM.uri("\(name)-ocsp"))
    }
  }
}
