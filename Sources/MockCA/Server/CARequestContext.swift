import Hummingbird
import NIOCore

/// A request's context with its connection, which a handler can close.
struct CARequestContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}
