import CoAP
import CoAPStream
import OSCORE

extension SessionKeeper {
  /// A request to a device, protected.
  struct Outgoing: Sendable {
    let message: CoAPMessage
    let session: ConnectionIdentifier
    let binding: RequestBinding
  }

  /// Protects a request to the device with this key, with the last Echo it gave if the request changes something there.
  ///
  /// - Throws: ``ManagerError`` with code `unreachable` when there is no session: only the device can open one.
  func protect(_ request: CoAPMessage, to thumbprint: Thumbprint) throws(ManagerError) -> Outgoing {
    guard let session = sessions.session(with: thumbprint) else {
      throw ManagerError(.unreachable, "There is no session with it: it has not called since the manager started.")
    }
    var request = request
    if request.code != .get, request.value(of: .echo) == nil, let echo = session.echo { request.add(.echo, echo) }
    do {
      let (message, binding) = try session.protect(request)
      return Outgoing(message: message, session: session.context.recipientID, binding: binding)
    } catch {
      throw ManagerError(.unreachable, "The session with it is used up: it has to open a new one.")
    }
  }

  /// Opens the answer, and keeps the Echo it brings.
  ///
  /// - Throws: ``ManagerError`` with code `unreachable` for an answer that is not the device's: whoever sent it instead
  ///   decides nothing, and the session stays.
  func open(_ answer: CoAPMessage, to outgoing: Outgoing) throws(ManagerError) -> CoAPMessage {
    guard answer.value(of: .oscore) != nil else {
      throw ManagerError(.unreachable, "No protected answer came, but \(answer.code.text).")
    }
    guard let session = sessions[outgoing.session],
      let plain = try? session.unprotect(answer, answering: outgoing.binding)
    else { throw ManagerError(.unreachable, "The answer that came is not the device's.") }
    if let echo = plain.value(of: .echo) { session.echo = echo }
    return plain
  }
}

extension Code {
  /// As people write it: `4.01`.
  var text: String { "\(codeClass).\(detail < 10 ? "0" : "")\(detail)" }
}
