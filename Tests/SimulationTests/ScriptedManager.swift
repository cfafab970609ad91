import COSE
import CoAP
import CoAPStream
import Crypto
import Foundation
import PKI
import SerialLink
import X509

/// The manager's part of an enrolment, without store or network: it asks for the request, issues, delivers, and checks the report.
final class ScriptedManager {
  static let network = "sim"
  /// As the manager has it: what fits the device's message goes without Block1.
  private static let wholeBodyBytes = 1_280 - 24

  /// Where it is; it goes back when the link loses a message or a request stays unanswered.
  enum Step: Equatable { case waiting, askCSR, deliver, awaitReport, done }

  var end: LineEnd
  private(set) var step = Step.waiting
  /// What was refused, by whom: the typed errors an enrolment may end in.
  private(set) var refusals: [String] = []
  private let authority: TestAuthority
  private var certificate: Certificate?
  private var bundle: [UInt8] = []
  private var sender: BlockSender?
  private var request: (token: Token, sentAt: UInt64)?
  private var nextToken: UInt64 = 1
  private var answers: [CoAPMessage] = []

  init(authority: TestAuthority, now: UInt64) {
    self.authority = authority
    end = LineEnd(bootEpoch: .random(in: 0...(.max)), now: now)
  }

  var deadline: UInt64? {
    let retry = request.map { $0.sentAt + 15_000 }
    let work = end.link.canSend && (!answers.isEmpty || (request == nil && wantsToAsk)) ? UInt64(0) : nil
    return [end.link.deadline, retry, work].compactMap { $0 }.min()
  }

  private var wantsToAsk: Bool { step == .askCSR || step == .deliver }

  func receive(_ bytes: [UInt8], now: UInt64) throws {
    for byte in bytes { try take(end.link.receive(byte, now: now)) }
  }

  func advance(now: UInt64) throws {
    try take(end.link.advance(now: now))
    if let sent = request, now >= sent.sentAt + 15_000 { request = nil }
    guard end.link.canSend else { return }
    if !answers.isEmpty {
      try end.send(answers.removeFirst(), now: now)
    } else if request == nil, let message = nextRequest() {
      request = (message.token, now)
      try end.send(message, now: now)
    }
  }

  private func take(_ event: LinkEvent) throws {
    switch event {
    case .message:
      let frame = end.link.withReceivedMessage { [UInt8]($0) }
      end.link.releaseReceived()
      guard let message = try? CoAPMessage(parsing: frame) else { return }
      if message.code.isRequest { try serve(message) } else { try hear(message) }
    case .undelivered, .down: request = nil
    case .none, .up, .delivered, .busy: break
    }
  }

  private func serve(_ message: CoAPMessage) throws {
    var answer = CoAPMessage.response(.changed)
    switch message.uriPath {
    case ["register"]: if step == .waiting { step = .askCSR }
    case ["report"]:
      if try !isGenuine(report: message.payload) {
        refusals.append("manager: report")
        answer = .response(.badRequest)
      } else if step == .awaitReport {
        step = .done
      }
    default: answer = .response(.notFound)
    }
    answer.token = message.token
    answers.append(answer)
  }

  private func hear(_ message: CoAPMessage) throws {
    guard message.token == request?.token else { return }
    request = nil
    switch step {
    case .askCSR:
      guard message.code == .changed else { return refusals.append("device: /csr \(message.code)") }
      let order = try CertificationRequest(message.payload)
      let issued = try authority.issue(order)
      certificate = issued
      bundle = try CertificateBundle.encode([issued, authority.issuing])
      sender = BlockSender(bodyBytes: bundle.count, sizeExponent: 6)
      step = .deliver
    case .deliver:
      switch sender?.receive(message.code, reply: message.block1) {
      case .next, .restart: break
      case .finished where message.code == .changed: step = .awaitReport
      case .finished, .malformed, nil:
        refusals.append("device: /crt \(message.code)")
        sender = BlockSender(bodyBytes: bundle.count, sizeExponent: 6)
      }
    case .waiting, .awaitReport, .done: break
    }
  }

  private func nextRequest() -> CoAPMessage? {
    var message: CoAPMessage
    switch step {
    case .askCSR:
      message = .request(.post, "csr", contentFormat: .cbor, payload: [0xA1, 0x01, 0x63] + Array(Self.network.utf8))
    case .deliver:
      guard let sender else { return nil }
      message = .request(
        .put, "crt", contentFormat: .certsOnly,
        payload: bundle.count > Self.wholeBodyBytes ? Array(bundle[sender.range]) : bundle)
      if bundle.count > Self.wholeBodyBytes { message.block1 = sender.block }
    case .waiting, .awaitReport, .done: return nil
    }
    message.token = Token([UInt8(nextToken & 0xFF), UInt8(nextToken >> 8 & 0xFF)].span) ?? Token()
    nextToken += 1
    return message
  }

  private func isGenuine(report: [UInt8]) throws -> Bool {
    guard let certificate, let key = P256.Signing.PublicKey(certificate.publicKey) else { return false }
    var crypto = SoftwareCryptography(table: .init())
    do {
      let signed = try COSESign1(report.span)
      try signed.verify(publicKey: Array(key.x963Representation).span, with: &crypto)
      return true
    } catch {
      return false
    }
  }
}
