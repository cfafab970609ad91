import Foundation
import PKI
import ServiceLifecycle

/// Keeps certificates' status fresh: makes CRLs anew in time, signs OCSP answers beforehand, replaces the responders'
/// certificates.
struct StatusKeeper: Service {
  let issuer: Issuer
  let lists: CRLShelf
  let ocsp: OCSPDesk
  let now: @Sendable () -> Date
  let onEvent: @Sendable (MockCAEvent) -> Void

  /// How often it looks whether something is to be done: lists grow old, and `muster ca` in another process issues nothing but changes
  /// much, without a word to this one.
  private static let interval = Duration.seconds(5)

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          try await keep()
        } catch is CancellationError {
          return
        } catch {
          // A full disk now may be an empty one in five seconds; what was told before still holds for hours.
          onEvent(.statusFailed("\(error)"))
        }
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  /// Does what is due.
  func keep() async throws {
    let now = now()
    for issuer in try await lists.refresh(log: issuer.store.log, now: now) { onEvent(.listed(issuer: issuer)) }
    try await ocsp.renewSigners(issuer, now: now)
    try await ocsp.prepare(now: now)
  }
}
