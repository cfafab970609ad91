import COSE
import CoAP
import OSCORE

/// The first byte chooses: protect a message and bring it back, or unprotect what claims to be protected, as a request,
/// as a combined one or as a response.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOSCORE(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  guard let mode = bytes.first else { return 0 }
  let frame = Array(bytes.dropFirst())
  if mode & 1 == 0 {
    checkRoundTrip(frame, room: Int(mode) * 2)
  } else {
    checkReceived(frame, kind: mode >> 1 & 3)
  }
  return 0
}

private func session() -> (device: ConnectionIdentifier, manager: ConnectionIdentifier) {
  let device: [UInt8] = [0xA1, 0xB2, 0xC3, 0xD4]
  let manager: [UInt8] = [5]
  guard let device = ConnectionIdentifier(device.span), let manager = ConnectionIdentifier(manager.span) else {
    preconditionFailure("both are short")
  }
  return (device, manager)
}

private func context(
  sender: ConnectionIdentifier, recipient: ConnectionIdentifier, with crypto: borrowing Provider
) -> OSCOREContext {
  let secret: [UInt8] = Array(1...16)
  let salt: [UInt8] = Array(1...8)
  do throws(CryptoError) {
    return try OSCOREContext(
      masterSecret: secret.span, masterSalt: salt.span, senderID: sender, recipientID: recipient, with: crypto)
  } catch {
    preconditionFailure("nothing of it can fail")
  }
}

/// What is refused is left as it was; what is not comes back as it went in, less the options for forwarders.
private func checkRoundTrip(_ frame: [UInt8], room: Int) {
  var crypto = Provider(takesAll: false)
  let ids = session()
  var device = context(sender: ids.device, recipient: ids.manager, with: crypto)
  var manager = context(sender: ids.manager, recipient: ids.device, with: crypto)
  var bytes = frame + [UInt8](repeating: 0xEE, count: room)
  var buffer = bytes.mutableSpan
  let protected: Int
  do throws(OSCOREError) {
    protected = try device.protectRequest(&buffer, count: frame.count, with: &crypto).count
  } catch {
    precondition(Array(bytes[..<frame.count]) == frame, "refused, and altered")
    return
  }
  var received = Array(bytes[..<protected])
  buffer = received.mutableSpan
  let plain: Int
  do throws(OSCOREError) {
    plain = try manager.unprotectRequest(&buffer, count: protected, with: &crypto).count
  } catch {
    preconditionFailure("what was protected cannot be unprotected: \(error)")
  }
  precondition(Array(received[..<plain]) == withoutOuterOptions(frame), "one message, another one")
}

private func withoutOuterOptions(_ frame: [UInt8]) -> [UInt8] {
  var copy = [UInt8](repeating: 0, count: frame.count + 8)
  var buffer = copy.mutableSpan
  guard let message = try? Message.parse(frame.span) else { return [] }
  var writer = MessageWriter(&buffer, code: message.code, token: message.token)
  var cursor = OptionCursor(message)
  while let option = cursor.next(in: frame.span) {
    switch option.number {
    case .uriHost, .uriPort, .hopLimit, .proxyScheme, .musterLine: break
    default: writer.option(option.number, frame.span.extracting(option.value))
    }
  }
  writer.payload(frame.span.extracting(message.payload))
  guard let count = try? writer.finish() else { return [] }
  return Array(copy[..<count])
}

/// Whatever comes out is a message, no longer than what went in, and does not come out twice.
private func checkReceived(_ frame: [UInt8], kind: UInt8) {
  var crypto = Provider(takesAll: true)
  let ids = session()
  var manager = context(sender: ids.manager, recipient: ids.device, with: crypto)
  if kind == 0 {
    guard let binding = try? asked(&manager, &crypto) else { preconditionFailure("a request that can be protected") }
    var bytes = frame
    var buffer = bytes.mutableSpan
    guard
      let count = try? manager.unprotectResponse(&buffer, count: frame.count, answering: binding, with: &crypto)
    else { return }
    precondition(count < frame.count && (try? Message.parse(bytes.span.extracting(0..<count)))?.code.isResponse == true)
    return
  }
  for round in 0..<2 {
    var bytes = frame
    var buffer = bytes.mutableSpan
    let bound =
      kind == 1
      ? try? manager.unprotectRequest(&buffer, count: frame.count, with: &crypto)
      : try? manager.unprotectCombinedRequest(&buffer, count: frame.count, with: &crypto)
    guard let bound else { return }
    precondition(round == 0, "one request twice")
    let message = try? Message.parse(bytes.span.extracting(0..<bound.count))
    precondition(bound.count < frame.count && message?.code.isRequest == true)
  }
}

private func asked(_ context: inout OSCOREContext, _ crypto: inout Provider) throws(OSCOREError) -> RequestBinding {
  var bytes = [UInt8](repeating: 0, count: 64)
  var buffer = bytes.mutableSpan
  Message.writeHeader(code: .get, token: Token(), bodyBytes: 0, to: &buffer)
  return try context.protectRequest(&buffer, count: 2, with: &crypto).binding
}
