import CoAPStream
import Edge
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What to tell people of a connection that could not be made, or that ended.
enum ConnectionFailure {
  static func describe(_ error: any Error) -> String {
    switch error {
    case let error as GatewayError: error.reason
    case let error as NIOConnectionError: describe(error)
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      "the manager's certificate is for another name or address (see --manager-name)"
    case let error as BoringSSLError: tls("\(error)")
    case NIOSSLError.handshakeFailed(let cause): tls("\(cause)")
    case let error as CoAPConnectionError: describe(error)
    default: "\(error)"
    }
  }

  // BoringSSL's errors name their place in its source; the last one's reason is what happened.
  private static func tls(_ text: String) -> String {
    let place = text.split(separator: " ").last { $0.contains(tlsMarker) }
    let reason = place?.split(separator: ":").last ?? Substring(text)
    if reason.contains("ALERT") { return "the manager does not take the gateway's certificate (\(reason))" }
    if reason == "CERTIFICATE_VERIFY_FAILED" { return "the manager's certificate leads to no anchor in ca.pem" }
    return "TLS failed (\(reason))"
  }

  // A peer's own words.
  private static func reason(_ sentence: String) -> String {
    let shown = sentence.shown()
    return shown.isEmpty ? "it gave no reason" : shown
  }

  private static let tlsMarker = "OPENSSL_internal:"

  private static func describe(_ error: NIOConnectionError) -> String {
    if let first = error.connectionErrors.first { return describe(first.error) }
    return "there is no host \(error.host)"
  }

  private static func describe(_ error: CoAPConnectionError) -> String {
    switch error {
    case .closed: "the manager closed the connection"
    case .peerSilent: "the manager went silent"
    case .aborted(let sentence): "the manager gave the connection up: \(reason(sentence))"
    case .protocolViolation(let sentence): "the manager broke the protocol: \(sentence)"
    case .transport(let sentence): sentence.contains(tlsMarker) ? tls(sentence) : sentence
    case .timedOut, .tooManyRequests, .messageTooLarge, .invalidMessage, .blockTransfer: "\(error)"
    }
  }
}
