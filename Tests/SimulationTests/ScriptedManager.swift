import COSE
import CoAP
import CoAPStream
import Crypto
import DeviceBench
import Foundation
import OSCORE
import PKI
import SerialLink
import SessionPeer
import X509

/// The manager's part of an enrolment, without store or network: it asks for the request, issues, delivers, and checks the report.
final class ScriptedManager {
  static let network = "sim"
  /// As the manager has it: what fits the device's message goes without Block1.
  private static let wholeBodyBytes = 1_280 - 24 - OSCOREContext.maxOverheadBytes

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

  /// Its sessions with the device.
  let sessions: ManagerEnd
  /// What the answers to the device's requests are bound to, and to which request of its own an answer is.
  private var answered: [Token: RequestBinding] = [:]
  private var asked: RequestBinding?
  /// The last Echo that the device gave.
  private var echo: [UInt8]?

  init(authority: TestAuthority, now: UInt64) throws {
    self.authority = authority
    sessions = try ManagerEnd(key: authority.managerKey)
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
      try sendProtected(answers.removeFirst(), now: now)
    } else if request == nil, sessions.hasSession, var message = nextRequest() {
      if let echo { message.set(.echo, echo) }
      let protected = try sessions.protect(request: message.serialized())
      request = (message.token, now)
      asked = protected.binding
      try end.send(CoAPMessage(parsing: protected.frame), now: now)
    }
  }

  private func take(_ event: LinkEvent) throws {
    switch event {
    case .message:
      let frame = end.link.withReceivedMessage { message in message.indices.map { message[$0] } }
      end.link.releaseReceived()
      guard let message = try? CoAPMessage(parsing: frame) else { return }
      if !message.code.isRequest {
        try hearProtected(message, frame)
      } else if message.uriPath == [".well-known", "edhoc"] {
        greet(message)
      } else {
        try serveProtected(message, frame)
      }
    case .undelivered, .down: request = nil
    case .none, .up, .delivered, .busy: break
    }
  }

  private func greet(_ message: CoAPMessage) {
    var answer = CoAPMessage.response(.badRequest)
    if let message2 = try? sessions.answerGreeting(message.payload) {
      answer = .response(.changed, contentFormat: .edhoc, payload: message2)
    }
    answer.token = message.token
    answers.append(answer)
  }

  private func serveProtected(_ message: CoAPMessage, _ frame: [UInt8]) throws {
    guard let request = try? sessions.open(request: frame), let plain = try? CoAPMessage(parsing: request.frame) else {
      var answer = CoAPMessage.response(.unauthorized)
      answer.token = message.token
      answers.append(answer)
      return
    }
    answered[plain.token] = request.binding
    try serve(plain)
  }

  private func hearProtected(_ message: CoAPMessage, _ frame: [UInt8]) throws {
    guard message.token == request?.token, let asked else { return }
    guard let plain = try? sessions.open(answer: frame, to: asked) else {
      // The device has lost the session, or somebody says so.
      request = nil
      return
    }
    try hear(try CoAPMessage(parsing: plain))
  }

  /// Sends a message, protected if there is a session.
  private func sendProtected(_ message: CoAPMessage, now: UInt64) throws {
    if let binding = answered.removeValue(forKey: message.token) {
      try end.send(CoAPMessage(parsing: sessions.protect(answer: message.serialized(), to: binding)), now: now)
    } else {
      try end.send(message, now: now)
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
    if message.code == .unauthorized, let echo = message.value(of: .echo) {
      self.echo = echo
      return
    }
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
    var crypto = HostCryptography()
    do {
      let signed = try COSESign1(report.span)
      try signed.verify(publicKey: Array(key.x963Representation).span, with: &crypto)
      return true
    } catch {
      return false
    }
  }
}
