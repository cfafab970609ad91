import CoAP
import CoAPStream
import OSCORE
import PKI
import X509

extension ModelManager {
  func serve(on session: Session, frame: [UInt8], line: Int, isCombined: Bool = false) throws {
    let (message, binding) = try session.channel.unprotect(request: frame, isCombined: isCombined)
    let path = message.uriPath.joined(separator: "/")
    let words = String(decoding: message.payload, as: UTF8.self)
    note(Heard(path: path, line: line, payload: words))
    var answer = CoAPMessage.response(.changed)
    switch path {
    case "register": answer.code = register(words, session) ? .changed : .forbidden
    case "report": answer.code = report(words, session) ? .changed : .badRequest
    default: answer.code = .notFound
    }
    answer.token = message.token
    outbox.append((line, try session.channel.protect(response: answer, answering: binding)))
  }

  private func register(_ words: String, _ session: Session) -> Bool {
    guard let id = words.split(separator: ";").first.map(String.init) else { return false }
    let mayBeAnyone = weaknesses.contains(.takesAnyDevice) || weaknesses.contains(.unprotected)
    guard mayBeAnyone || known[session.thumbprint] == id else { return false }
    session.id = id
    if session.step == .unregistered { session.step = .askCSR }
    return true
  }

  private func report(_ words: String, _ session: Session) -> Bool {
    let fields = words.split(separator: ";").map(String.init)
    guard fields.count == 3, let id = session.id, fields[0] == id else { return false }
    guard issued.contains(where: { $0.id == id && $0.certificate.serialNumber.hexadecimal == fields[1] }) else {
      return false
    }
    session.step = .done
    note(enrolled: id)
    return true
  }

  func hear(_ message: CoAPMessage, frame: [UInt8], line: Int, now: UInt64) throws {
    let session = sessions.first { session in
      session.request?.token == message.token
        && (!weaknesses.contains(.takesLineForIdentity) || session.line == line)
    }
    guard let session, let request = session.request else { return }
    guard let answer = try? session.channel.unprotect(response: frame, answering: request.binding) else { return }
    session.request = nil
    session.notBefore = now + 5_000
    if let echo = answer.value(of: .echo) {
      session.echo = echo
      session.notBefore = now
    }
    guard answer.code == .changed, let id = session.id else { return }
    switch session.step {
    case .askCSR:
      guard let order = try? CertificationRequest(answer.payload), order.subject.name.description.contains(id)
      else { return }
      note(issued: try authority.issue(order), for: id)
      session.step = .deliver
      session.notBefore = now
    case .deliver: session.step = .awaitReport
    case .unregistered, .awaitReport, .done: break
    }
  }
}
