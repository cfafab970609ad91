import Hummingbird
public import ServiceLifecycle

/// A CA that was built. While this value lives, its process holds the CA's directory.
public struct MockCAService: Service {
  private let application: any ApplicationProtocol
  private let lock: DirectoryLock?

  init(application: some ApplicationProtocol, lock: DirectoryLock?) {
    self.application = application
    self.lock = lock
  }

  /// Serves until graceful shutdown or cancellation: for a `ServiceGroup`.
  public func run() async throws { try await application.run() }

  /// Serves until the process gets SIGTERM or SIGINT: for a command.
  public func runUntilSignalled() async throws { try await application.runService() }
}
