import Hummingbird

extension RouterGroup<CARequestContext> {
  /// Answers every other method on a path that exists with 405 and what is allowed (RFC 9110 §15.5.6).
  func allowOnly(_ allowed: [HTTPRequest.Method], at path: RouterPath) {
    let others: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .patch, .options, .trace]
    let allow = allowed.map(\.rawValue).joined(separator: ", ")
    for method in others where !allowed.contains(method) {
      on(path, method: method) { _, _ in
        Response(status: .methodNotAllowed, headers: [.allow: allow])
      }
    }
  }
}
