import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why an HTTPS server could not be asked, in words for people. A library's own text is never shown: it names files of the
/// machine that built the program.
enum ConnectionTrouble: Equatable {
  /// The server's certificate does not lead to the anchor that was given.
  case untrusted
  /// The server's certificate leads there, but is not for the name or address that was called.
  case otherName
  /// The server does not take the client's certificate.
  case clientRefused
  /// There is no answer, and why.
  case unreachable(String)

  init(_ error: any Error) {
    // A host with several addresses: what the last of them said.
    let error = (error as? NIOConnectionError)?.connectionErrors.last?.error ?? error
    self =
      switch error {
      case let error as NIOSSLExtraError where error == .failedToValidateHostname: .otherName
      case is NIOSSLError, is BoringSSLError: Self.handshake(String(describing: error))
      case let error as IOError: .unreachable(Self.sentence(error))
      case let error as HTTPClientError: .unreachable(Self.sentence(error))
      case is NIOConnectionError, is SocketAddressError, is SocketAddressError.UnknownHost:
        .unreachable("its name has no address")
      case is CancellationError: .unreachable("it was not waited for")
      default: .unreachable("the connection broke")
      }
  }

  /// BoringSSL's reasons are names in a text; only these make a difference to people.
  private static func handshake(_ text: String) -> ConnectionTrouble {
    if text.contains("CERTIFICATE_VERIFY_FAILED") { return .untrusted }
    let alerts = ["ALERT_UNKNOWN_CA", "ALERT_BAD_CERTIFICATE", "ALERT_CERTIFICATE", "ALERT_ACCESS_DENIED"]
    if alerts.contains(where: text.contains) { return .clientRefused }
    return .unreachable("it does not speak TLS 1.3 as we do")
  }

  private static func sentence(_ error: IOError) -> String {
    switch error.errnoCode {
    case ECONNREFUSED: "nobody listens there"
    case EHOSTUNREACH, ENETUNREACH: "there is no route to it"
    case ETIMEDOUT: "it did not answer in time"
    default: "the connection broke"
    }
  }

  private static func sentence(_ error: HTTPClientError) -> String {
    switch error {
    case .connectTimeout, .readTimeout, .writeTimeout, .deadlineExceeded, .tlsHandshakeTimeout:
      "it did not answer in time"
    case .cancelled, .shutdownUnsupported, .alreadyShutdown: "it was not waited for"
    default: "the connection broke"
    }
  }
}

extension ManagerError {
  /// A server that could not be asked.
  ///
  /// - Parameters:
  ///   - peer: who it is and where, such as `The CA at https://ca.example`.
  ///   - anchor: what its certificate must lead to.
  ///   - advice: what to try when it cannot be reached.
  init(_ error: any Error, asking peer: String, anchor: String, advice: String) {
    switch ConnectionTrouble(error) {
    case .untrusted:
      self.init(
        .protocolViolation, "\(peer) shows a certificate that does not lead to \(anchor).",
        remedy: "Compare both: either the address is another server's, or the anchor is an old one.")
    case .otherName:
      self.init(
        .protocolViolation, "\(peer) shows a certificate for another name.",
        remedy: "Call it by a name or address that its certificate has.")
    case .clientRefused:
      self.init(
        .forbidden, "\(peer) does not take our certificate.",
        remedy: "Check that the credentials are this manager's, and that they have not expired.")
    case .unreachable(let cause):
      self.init(.unreachable, "\(peer) cannot be reached: \(cause).", remedy: advice)
    }
  }
}
