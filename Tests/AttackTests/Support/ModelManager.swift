import CoAP
import CoAPStream
import OSCORE
import PKI
import X509

/// A manager as the protocol has it: EDHOC as responder, devices by thumbprint, orders and delivers certificates.
final class ModelManager {
  /// What it was told and believed.
  struct Heard: Hashable {
    let path: String
    let line: Int
    let payload: String
  }

  let party: Party
  let authority: Authority
  let weaknesses: Set<Weakness>
  /// The factory list: id by thumbprint.
  var known: [[UInt8]: String] = [:]
  /// What is to go out, by line.
  var outbox: [(line: Int, frame: [UInt8])] = []

  /// Every message whose sender it believed in.
  private(set) var heard: [Heard] = []
  /// Every command it gave: to whom, and when.
  private(set) var commands: [ModelDevice.Command: (id: String, at: UInt64)] = [:]
  /// What it had certified, by id.
  private(set) var issued: [(id: String, certificate: Certificate)] = []
  /// Whose certificate was reported back.
  private(set) var enrolled: Set<String> = []
  /// Whose session it confirmed, by the thumbprint proven.
  var confirmed: [(thumbprint: [UInt8], line: Int)] = []
  /// What it says it is; a rogue one may say something else.
  var credential: [UInt8]
  /// A rogue one may give its key instead of a name that the device knows.
  var transfer = CredentialTransfer.keyIdentifier

  var crypto: AttackCryptography
  var handshakes: [[UInt8]: Handshake] = [:]
  var sessions: [Session] = []
  private var counter = 0

  final class Handshake {
    var responder = EDHOCResponder()
    let line: Int
    init(line: Int) { self.line = line }
  }

  final class Session {
    enum Step { case unregistered, askCSR, deliver, awaitReport, done }
    let channel: Channel
    let thumbprint: [UInt8]
    let line: Int
    var id: String?
    var step = Step.unregistered
    var echo: [UInt8]?
    var request: (token: Token, binding: RequestBinding?, sentAt: UInt64)?
    /// After a refusal it waits.
    var notBefore: UInt64 = 0

    init(channel: Channel, thumbprint: [UInt8], line: Int) {
      self.channel = channel
      self.thumbprint = thumbprint
      self.line = line
    }
  }

  init(_ party: Party, authority: Authority, weaknesses: Set<Weakness> = []) throws {
    self.party = party
    self.credential = party.credential
    self.authority = authority
    self.weaknesses = weaknesses
    crypto = try party.cryptography(weaknesses)
  }

  /// Puts a device on the factory list.
  func know(_ device: ModelDevice) { known[device.bootstrap.thumbprint] = device.serialNumber }

  var deadline: UInt64? {
    sessions.compactMap { session in
      session.request.map { $0.sentAt + 15_000 } ?? (wantsToAsk(session) ? session.notBefore : nil)
    }.min()
  }

  private func wantsToAsk(_ session: Session) -> Bool { session.step == .askCSR || session.step == .deliver }

  func advance(now: UInt64) throws {
    for session in sessions {
      if let request = session.request, now >= request.sentAt + 15_000 {
        session.request = nil
        if weaknesses.contains(.withoutRetry) { session.step = .unregistered }
      }
      if session.request == nil, wantsToAsk(session), now >= session.notBefore { try command(session, now: now) }
    }
  }

  private func command(_ session: Session, now: UInt64) throws {
    let path = session.step == .askCSR ? "csr" : "crt"
    let payload =
      path == "crt" ? try issued.last(where: { $0.id == session.id })?.certificate.der ?? [] : Array("attacked".utf8)
    var message = CoAPMessage.request(path == "csr" ? .post : .put, path, payload: payload)
    counter += 1
    message.token = Token([UInt8(counter & 0xFF), UInt8(counter >> 8 & 0xFF)].span) ?? Token()
    message.add(.uriQuery, "\(counter)")
    if let echo = session.echo { message.add(.echo, echo) }
    let protected = try session.channel.protect(request: message)
    session.request = (message.token, protected.binding, now)
    commands[.init(path: path, number: "\(counter)")] = (session.id ?? "", now)
    outbox.append((session.line, protected.frame))
  }

  func receive(_ frame: [UInt8], line: Int, now: UInt64) throws {
    guard let message = try? CoAPMessage(parsing: frame) else { return }
    if message.code.isRequest {
      try serve(message, frame: frame, line: line)
    } else if message.code.isResponse {
      try hear(message, frame: frame, line: line, now: now)
    }
  }

  // What the next files note down.
  func note(_ message: Heard) { heard.append(message) }
  func note(issued certificate: Certificate, for id: String) { issued.append((id, certificate)) }
  func note(enrolled id: String) { enrolled.insert(id) }
}
