import CoAP
import CoAPStream
import OSCORE
import PKI

/// What came of a handshake: the OSCORE context with a device, in memory only.
final class Session {
  var context: OSCOREContext
  var crypto = HostCryptography()
  /// What the device proved to hold.
  let key: DeviceKey
  /// Where its message 3 came from.
  let route: Route
  /// Whether the device is one that an administrator knows; what a stranger gets makes room for other strangers only.
  var isKnown = false
  /// Whether it is known that the device needs no other trust descriptor than the one it has.
  var isTrustSettled = false
  /// The last Echo value the device gave (RFC 9175): to be sent along with what changes its state.
  var echo: [UInt8]?

  init(context: consuming OSCOREContext, key: DeviceKey, route: Route) {
    self.context = context
    self.key = key
    self.route = route
  }

  /// What protecting adds, and room for the options that move outside twice.
  private static let spareBytes = OSCOREContext.maxOverheadBytes + 160

  /// - Throws: `OSCOREError`, and `CoAPError` for what has no encoding.
  func unprotect(_ request: CoAPMessage, isCombined: Bool) throws -> (CoAPMessage, RequestBinding) {
    var frame = try request.serialized()
    let count = frame.count
    var span = frame.mutableSpan
    let bound =
      isCombined
      ? try context.unprotectCombinedRequest(&span, count: count, with: &crypto)
      : try context.unprotectRequest(&span, count: count, with: &crypto)
    return (try CoAPMessage(parsing: Array(frame.prefix(bound.count))), bound.binding)
  }

  func protect(_ response: CoAPMessage, answering binding: RequestBinding) throws -> CoAPMessage {
    var frame = try response.serialized()
    let count = frame.count
    frame += [UInt8](repeating: 0, count: Self.spareBytes)
    var span = frame.mutableSpan
    let length = try context.protectResponse(&span, count: count, answering: binding, with: &crypto)
    return try CoAPMessage(parsing: Array(frame.prefix(length)))
  }

  func protect(_ request: CoAPMessage) throws -> (CoAPMessage, RequestBinding) {
    var frame = try request.serialized()
    let count = frame.count
    frame += [UInt8](repeating: 0, count: Self.spareBytes)
    var span = frame.mutableSpan
    let bound = try context.protectRequest(&span, count: count, with: &crypto)
    return (try CoAPMessage(parsing: Array(frame.prefix(bound.count))), bound.binding)
  }

  func unprotect(_ response: CoAPMessage, answering binding: RequestBinding) throws -> CoAPMessage {
    var frame = try response.serialized()
    let count = frame.count
    var span = frame.mutableSpan
    let length = try context.unprotectResponse(&span, count: count, answering: binding, with: &crypto)
    return try CoAPMessage(parsing: Array(frame.prefix(length)))
  }
}
