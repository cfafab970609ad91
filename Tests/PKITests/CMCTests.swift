import Crypto
import Foundation
import PKI
import Testing
import X509

@Suite("CMC requests and answers")
struct CMCTests {
  let ca: TestAuthority
  let device: CertificationRequest
  let request: CMCRequest

  init() throws {
    ca = try TestAuthority()
    device = try deviceRequest()
    request = CMCRequest(transaction: .random(), certificationRequest: device)
  }

  private func signed() throws -> [UInt8] {
    try request.signed(with: ca.authorityKey, certificate: ca.authority, issuers: [ca.issuing], at: noon)
  }

  private func verify(_ bytes: [UInt8], by authority: Certificate? = nil, now: Date = noon) throws -> CMCRequest {
    try UnverifiedCMCRequest(bytes).verified(by: authority ?? ca.authority, issuers: [ca.issuing], now: now)
  }

  @Test("A signed request verifies and carries the certification request byte for byte")
  func requestRoundTrip() throws {
    let bytes = try signed()
    let unverified = try UnverifiedCMCRequest(bytes)
    #expect(unverified.signer == (try SignerIdentifier(ca.authority)))
    #expect(try verify(bytes) == request)
    #expect(bytes.firstRange(of: device.derBytes) != nil)
  }

  @Test("Every flipped bit of a signed request is refused")
  func everyBitOfRequest() async throws {
    let bytes = try signed()
    for bit in 0..<bytes.count * 8 {
      // Others' tests with real clocks run on the same threads.
      if bit % 64 == 0 { await Task.yield() }
      var flipped = bytes
      flipped[bit / 8] ^= 1 << (bit % 8)
      #expect(throws: CMCFault.self, "bit \(bit) of \(bytes.count * 8)") { try verify(flipped) }
    }
  }

  @Test("Every deleted, doubled or replaced byte of a signed request is refused")
  func everyByteOfRequest() async throws {
    let bytes = try signed()
    for index in bytes.indices {
      if index % 16 == 0 { await Task.yield() }
      var deleted = bytes
      deleted.remove(at: index)
      #expect(throws: CMCFault.self, "byte \(index) deleted") { try verify(deleted) }
      var doubled = bytes
      doubled.insert(bytes[index], at: index)
      #expect(throws: CMCFault.self, "byte \(index) doubled") { try verify(doubled) }
      var zeroed = bytes
      zeroed[index] = zeroed[index] == 0 ? 0xFF : 0
      #expect(throws: CMCFault.self, "byte \(index) replaced") { try verify(zeroed) }
    }
  }

  @Test("Every prefix of a signed request is malformed")
  func everyPrefixOfRequest() throws {
    let bytes = try signed()
    for count in bytes.indices {
      #expect(throws: CMCFault.messageMalformed, "\(count) bytes") {
        try UnverifiedCMCRequest(Array(bytes.prefix(count)))
      }
    }
    #expect(throws: CMCFault.messageMalformed) { try UnverifiedCMCRequest(bytes + [0]) }
    #expect(throws: CMCFault.messageTooLong) {
      try UnverifiedCMCRequest([UInt8](repeating: 0x30, count: PKILimits.cmcMessageBytes + 1))
    }
  }

  @Test("A signature by another key, another certificate, or one without cmcRA is refused, each by its name")
  func wrongSigners() throws {
    let other = try TestAuthority()
    let forged = try request.signed(with: other.authorityKey, certificate: ca.authority, at: noon)
    #expect(throws: CMCFault.signatureInvalid) { try verify(forged) }
    let foreign = try request.signed(with: other.authorityKey, certificate: other.authority, at: noon)
    #expect(throws: CMCFault.signerMismatch) { try verify(foreign) }
    let key = SigningKey()
    let plain = try ca.issue(deviceRequest(key: key))
    let unauthorised = try request.signed(with: key, certificate: plain, at: noon)
    #expect(throws: CMCFault.signerNotAuthorised) { try verify(unauthorised, by: plain) }
  }

  @Test("An order may carry its signer's issuers, but no certificate that the receiver does not know, and none twice")
  func carriedCertificates() throws {
    let alone = try request.signed(with: ca.authorityKey, certificate: ca.authority, at: noon)
    #expect(try verify(alone) == request)
    for stowaways in [[ca.responder], [ca.issuing, ca.issuing], [ca.authority]] {
      let bytes = try request.signed(
        with: ca.authorityKey, certificate: ca.authority, issuers: stowaways, at: noon)
      #expect(throws: CMCFault.signerMismatch) { try verify(bytes) }
    }
  }

  @Test("A signing time up to five minutes off is accepted, one more second is not")
  func signingTime() throws {
    let bytes = try signed()
    for offset in [-300.0, 300] { #expect(throws: Never.self) { try verify(bytes, now: noon + offset) } }
    for offset in [-301.0, 301] {
      #expect(throws: CMCFault.signingTimeOff) { try verify(bytes, now: noon + offset) }
    }
  }

  @Test("A signing time after 2049 is written and read as GeneralizedTime")
  func lateSigningTime() throws {
    let late = Date(timeIntervalSince1970: 2_600_000_000)
    let bytes = try request.signed(with: ca.authorityKey, certificate: ca.authority, at: late)
    #expect(try verify(bytes, now: late) == request)
  }

  @Test("An answer with the certificate verifies against request and anchor")
  func issued() async throws {
    let leaf = try ca.issue(device)
    let answer = try await CMCAnswer(response(leaf), to: request, anchors: [ca.anchor], now: noon)
    guard case .issued(let certificate, let issuers) = answer else {
      Issue.record("not issued: \(answer)")
      return
    }
    #expect(certificate == leaf)
    #expect(issuers == [ca.issuing])
  }

  @Test("A refusal comes with its name, its sentence and the standard's reason")
  func refused() async throws {
    let status = CMCStatusInfo.failed("nonce-replayed", "This nonce was seen: before.", .badRequest)
    let bytes = try CMCResponse(
      status: status, transaction: request.transaction, recipientNonce: request.senderNonce
    ).signed(with: ca.responderKey, certificate: ca.responder, issuers: [ca.issuing], at: noon)
    let answer = try await CMCAnswer(bytes, to: request, anchors: [ca.anchor], now: noon)
    guard case .notIssued(let received) = answer else {
      Issue.record("issued: \(answer)")
      return
    }
    #expect(received == status)
    #expect(received.reason == "nonce-replayed")
    #expect(received.sentence == "This nonce was seen: before.")
    #expect(received.failInfo == .badRequest)
  }

  @Test("A flipped bit in any byte of an answer is refused")
  func everyByteOfAnswer() async throws {
    let bytes = try response(try ca.issue(device))
    // The lowest bit of each byte, where a BIT STRING counts its unused bits, and one of the others.
    for (index, bit) in bytes.indices.flatMap({ [($0, 0), ($0, 1 + $0 % 7)] }) {
      var flipped = bytes
      flipped[index] ^= 1 << bit
      await #expect(throws: CMCFault.self, "bit \(bit) of byte \(index)") {
        try await CMCAnswer(flipped, to: request, anchors: [ca.anchor], now: noon)
      }
    }
  }

  @Test("Answers to another request, from another CA, by another responder or with another certificate are refused")
  func wrongAnswers() async throws {
    let leaf = try ca.issue(device)
    let good = try response(leaf)
    let again = CMCRequest(transaction: request.transaction, certificationRequest: device)
    await #expect(throws: CMCFault.answerNotOurs) {
      try await CMCAnswer(good, to: again, anchors: [ca.anchor], now: noon)
    }
    let other = try TestAuthority()
    await #expect(throws: CMCFault.signerNotAuthorised) {
      try await CMCAnswer(good, to: request, anchors: [other.anchor], now: noon)
    }
    await #expect(throws: CMCFault.signerNotAuthorised) {
      try await CMCAnswer(good, to: request, anchors: [ca.anchor], now: noon + 100_000)
    }
    let byAuthority = try message(leaf).signed(
      with: ca.authorityKey, certificate: ca.authority, issuers: [ca.issuing], at: noon)
    await #expect(throws: CMCFault.signerNotAuthorised) {
      try await CMCAnswer(byAuthority, to: request, anchors: [ca.anchor], now: noon)
    }
    let foreignKey = try response(try ca.issue(deviceRequest()))
    await #expect(throws: CMCFault.certificateWrong) {
      try await CMCAnswer(foreignKey, to: request, anchors: [ca.anchor], now: noon)
    }
    let foreignIssuer = try response(try other.issue(device))
    await #expect(throws: CMCFault.certificateWrong) {
      try await CMCAnswer(foreignIssuer, to: request, anchors: [ca.anchor], now: noon)
    }
    let stowaway = try message(leaf).signed(
      with: ca.responderKey, certificate: ca.responder, issuers: [ca.issuing, other.anchor], at: noon)
    await #expect(throws: CMCFault.certificateWrong) {
      try await CMCAnswer(stowaway, to: request, anchors: [ca.anchor], now: noon)
    }
  }

  @Test("A request is not taken for an answer, nor an answer for a request")
  func contentTypes() async throws {
    let answer = try response(try ca.issue(device))
    #expect(throws: CMCFault.contentTypeWrong) { try UnverifiedCMCRequest(answer) }
    await #expect(throws: CMCFault.contentTypeWrong) {
      try await CMCAnswer(signed(), to: request, anchors: [ca.anchor], now: noon)
    }
  }

  private func message(_ leaf: Certificate) -> CMCResponse {
    CMCResponse(
      status: .success(bodyPart: 3), transaction: request.transaction, recipientNonce: request.senderNonce,
      certificates: [leaf, ca.issuing])
  }

  private func response(_ leaf: Certificate) throws -> [UInt8] {
    try message(leaf).signed(with: ca.responderKey, certificate: ca.responder, issuers: [ca.issuing], at: noon)
  }
}
