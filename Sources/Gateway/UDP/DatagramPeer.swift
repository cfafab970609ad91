import CoAP
import NIOCore

/// One endpoint that speaks CoAP over UDP, as the gateway knows it: what it was sent, what waits for it, what it waits
/// for.
final class DatagramPeer {
  let address: SocketAddress
  let key: EndpointKey
  let line: LineName
  var layer: MessageLayer<64>
  /// It has shown that it receives what is sent to its address.
  var isVerified = false
  var challenge: AddressChallenge?
  /// Challenges that passed without an answer.
  var failedChallenges = 0
  var bytesReceived = 0
  var bytesSent = 0
  var lastHeard: UInt64
  /// Its requests that are with the manager: how it knows each, and the message id it came with.
  var requests: [Token: UInt16] = [:]  // counted, so changed by DatagramPeers.begin and end only
  /// The answers lately given, oldest first, for requests that come again.
  var answers: [(messageID: UInt16, datagram: [UInt8])] = []
  /// What waits to be sent: for the one before to be acknowledged, or for the endpoint to pass its challenge.
  var queue: [Waiting] = []
  /// The confirmable message under way.
  var underWay: UnderWay?
  /// The manager's request whose answer is awaited: its token on this hop, and the router's.
  var asked: (hop: Token, router: Token)?

  /// A message that waits, framed as on reliable transports.
  struct Waiting {
    let frame: [UInt8]
    let kind: Kind
  }

  struct UnderWay {
    let datagram: [UInt8]
    let kind: Kind
  }

  /// What a message of ours is.
  enum Kind {
    /// The manager's request.
    case request
    /// An answer that goes by itself, confirmable.
    case separateAnswer
    /// An answer to a request that was not confirmable.
    case plainAnswer
  }

  /// Answers kept for repetitions. An endpoint has one confirmable message under way, so the latest are those that count.
  static let keptAnswers = 8

  init(_ address: SocketAddress, key: EndpointKey, line: LineName, layer: MessageLayer<64>, now: UInt64) {
    self.address = address
    self.key = key
    self.line = line
    self.layer = layer
    self.lastHeard = now
  }

  /// Whether so many bytes may be sent now.
  func mayBeSent(_ bytes: Int, amplification: Int) -> Bool {
    isVerified || bytesSent + bytes <= amplification * bytesReceived
  }

  func keep(_ datagram: [UInt8], for messageID: UInt16) {
    if answers.count >= Self.keptAnswers { answers.removeFirst() }
    answers.append((messageID, datagram))
  }

  /// When something is due, silence included.
  func deadline(idleMilliseconds: UInt64) -> UInt64 {
    min(layer.deadline ?? .max, challenge?.deadline ?? .max, lastHeard + idleMilliseconds)
  }
}
