import MockCA
import PKI
import X509

/// OCSP answers per second: signed beforehand, and beside them those with a nonce, which must be signed at once.
struct Answers {
  let figures: [Figure]

  init(_ ca: UnservedCA, _ certificates: [Certificate], _ scale: Scale) async throws {
    var preparing = Stopwatch()
    let prepared = try await preparing.measure { try await ca.prepareAnswers() }
    let issuer = try OCSPCertificateID.Issuer(ca.issuing, hash: .sha1)
    let names = try certificates.map {
      try OCSPCertificateID(issuer: issuer, serialNumber: Array($0.serialNumber.bytes))
    }

    func rate(_ question: (OCSPCertificateID) throws -> [UInt8]) async throws -> Stopwatch {
      let questions = try (0..<scale.questions).map { try question(names[$0 % names.count]) }
      var stopwatch = Stopwatch()
      let answers = try await stopwatch.measure {
        try await concurrently(questions, callers: scale.callers) { await ca.answer($0).count }
      }
      // An error has five bytes: nothing is gained by failing fast.
      guard answers.allSatisfy({ $0 > 300 }) else { throw Failure("an OCSP question was not answered") }
      return stopwatch
    }
    let plain = try await rate { try OCSPRequest(certificates: [$0]).derBytes }
    let fresh = try await rate { try OCSPRequest(certificates: [$0], nonce: randomBytes(16)).derBytes }

    let count = Double(scale.questions)
    figures = [
      Figure(name: "OCSP answers signed beforehand", value: count / plain.wall, unit: "/s", bar: .atLeast(5_000)),
      Figure(name: "  the same by processor time", value: count / plain.processor, unit: "/s"),
      Figure(name: "OCSP answers signed at once, with a nonce", value: count / fresh.wall, unit: "/s"),
      Figure(name: "signing answers beforehand", value: Double(prepared) / preparing.wall, unit: "/s"),
    ]
  }
}

/// What was measured did not do its work.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
