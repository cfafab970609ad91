import CoAP
import CoAPStream
import OSCORE
import PKI
import SwiftASN1
import X509

extension ModelDevice {
  func answer(_ outer: CoAPMessage, frame: [UInt8], now: UInt64) throws {
    guard outer.value(of: .oscore) != nil || weaknesses.contains(.unprotected) else {
      return try refuse(outer, .unauthorized)
    }
    var refusal = OSCOREError.unknownContext
    for channel in [candidate, self.channel].compactMap({ $0 }) {
      do {
        let (message, binding) = try channel.unprotect(request: frame)
        var reply = try obey(message, now: now)
        reply.token = message.token
        outbox.append(try channel.protect(response: reply, answering: binding))
        return
      } catch let error as OSCOREError {
        if refusal == .unknownContext { refusal = error }
      }
    }
    try refuse(outer, refusal.answer)
  }

  /// Without protection, without a word.
  private func refuse(_ request: CoAPMessage, _ code: Code) throws {
    outbox.append(try CoAPMessage(code: code, token: request.token).serialized())
  }

  private func obey(_ message: CoAPMessage, now: UInt64) throws -> CoAPMessage {
    let path = message.uriPath.joined(separator: "/")
    guard path == "csr" || path == "crt" else { return .response(.notFound) }
    let uptime = UInt32(truncatingIfNeeded: now)
    let echo = message.value(of: .echo) ?? []
    guard weaknesses.contains(.withoutEcho) || EchoFreshness.isFresh(echo.span, uptimeMilliseconds: uptime) else {
      var answer = CoAPMessage.response(.unauthorized)
      let value = EchoFreshness.value(uptimeMilliseconds: uptime)
      answer.add(.echo, value.indices.map { value[$0] })
      return answer
    }
    note(Command(path: path, number: message.string(.uriQuery) ?? "none"), at: now)
    if path == "csr" { return try certificationRequest() }
    return take(message.payload)
  }

  private func certificationRequest() throws -> CoAPMessage {
    let request = try CertificationRequest(
      subject: Subject(organization: "attacked", serialNumber: serialNumber, commonName: serialNumber), key: identity)
    return .response(.changed, payload: request.derBytes)
  }

  private func take(_ der: [UInt8]) -> CoAPMessage {
    guard let certificate = try? Certificate(derEncoded: der),
      certificate.publicKey == Certificate.PublicKey(identity.publicKey),
      anchor.issuing.publicKey.isValidSignature(certificate.signature, for: certificate)
    else { return .response(.unprocessableEntity) }
    self.certificate = certificate
    // The manager waits for the report.
    nextTry = 0
    return .response(.changed)
  }
}
