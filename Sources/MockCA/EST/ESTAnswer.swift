import EST
import Foundation
import Hummingbird
import HummingbirdCore
import NIOCore
import PKI
import X509

/// The three forms of an EST answer.
enum ESTAnswer {
  /// A refusal outside of CMC: its name and sentence.
  static func text(_ refusal: Refusal) -> Response {
    var headers = HTTPFields()
    headers[.contentType] = "text/plain; charset=utf-8"
    if refusal.status == 401 { headers[.wwwAuthenticate] = "Basic realm=\"one-time code, user ra\"" }
    return Response(
      status: .init(code: refusal.status), headers: headers,
      body: .init(byteBuffer: ByteBuffer(string: "\(refusal.name): \(refusal.sentence)\n")))
  }

  /// A signed CMC answer and its status, also with HTTP's error codes (RFC 7030 §4.3.2).
  static func cmc(
    _ result: Result<CMCOutcome, Refusal>, to reference: CMCReference, responder: OwnIdentity, issuers: [Certificate],
    now: Date
  ) throws -> (bytes: [UInt8], status: HTTPResponse.Status) {
    let answer: CMCResponse
    let status: HTTPResponse.Status
    switch result {
    case .success(let outcome):
      guard let success = reference.success else { throw Refusal.storeFailed }
      var certificates: [Certificate] = []
      if case .issued(let certificate) = outcome {
        certificates = [certificate] + issuers.filter { $0.subject == certificate.issuer }
      }
      answer = CMCResponse(
        status: success, transaction: reference.transaction, recipientNonce: reference.senderNonce,
        certificates: certificates)
      status = .ok
    case .failure(let refusal):
      answer = CMCResponse(
        status: .failed(refusal.name, refusal.sentence, refusal.failInfo, bodyPart: reference.refusedPart),
        transaction: reference.transaction, recipientNonce: reference.senderNonce)
      status = .init(code: refusal.status)
    }
    let bytes = try answer.signed(
      with: responder.key, certificate: responder.certificate,
      issuers: issuers.filter { $0.subject == responder.certificate.issuer }, at: now)
    return (bytes, status)
  }
}

extension ESTAnswer {
  /// A CMC answer as it goes out.
  static func response(cmc bytes: [UInt8], status: HTTPResponse.Status) -> Response {
    var response = Response.est(bytes, type: "application/pkcs7-mime; smime-type=CMC-response", status: status)
    // What is the CA's own trouble, or the day's, may be over soon.
    if status.code == 503 { response.headers[.retryAfter] = "5" }
    if status.code == 429 { response.headers[.retryAfter] = "3600" }
    return response
  }
}

extension Response {
  /// Closes the connection behind the answer when the request's body was not read to its end: the server would wait for the rest.
  func closing(_ channel: any Channel, after refusal: Refusal?) -> Response {
    guard [.bodyTooSlow, .bodyBroken, .message(.messageTooLong)].contains(refusal) else { return self }
    return closing(channel)
  }
}
