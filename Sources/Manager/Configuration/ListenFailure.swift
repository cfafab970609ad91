import Edge
import NIOCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension ManagerError {
  /// A listener that cannot be opened: whose it is, where, and why.
  ///
  /// - Parameters:
  ///   - peers: who would connect there.
  ///   - flag: gives it another address.
  static func cannotListen(
    for peers: String, on address: ListenAddress, flag: String, _ error: any Error
  ) -> ManagerError {
    ManagerError(
      .configuration, "Cannot listen for \(peers) on \(address): \(cause(error)).",
      remedy: "Give another address with \(flag).")
  }

  private static func cause(_ error: any Error) -> String {
    if error is SocketAddressError || error is SocketAddressError.UnknownHost { return "the name has no address" }
    guard let error = error as? IOError else { return "the socket cannot be opened" }
    return switch error.errnoCode {
    case EADDRINUSE: "another process listens there"
    case EACCES: "the port is kept for privileged processes"
    case EADDRNOTAVAIL: "this machine has no such address"
    default: String(cString: strerror(error.errnoCode)).lowercased()
    }
  }
}
