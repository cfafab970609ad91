import CoAP
import OSCORE

/// What a message that arrived turned out to be, once it was unprotected where it stands.
enum OpenedMessage {
  /// A signal, or not CoAP: there is nothing to answer.
  case nothing
  /// The answer to a request of the device's own, still protected.
  case answer(Message)
  /// A request that is not the manager's, or not of this session.
  case refused(OSCOREError, Token)
  /// A request on the direct line, in factory state.
  case plain(Message)
  /// A request of the manager's.
  case protected(Message, RequestBinding)
}
