import CoAP
import CoAPStream
import Foundation
import OSCORE

/// A body that is on its way through a session, in one direction or the other.
struct BodyTransfer {
  enum Stage {
    /// A request's body, as far as it has come.
    case receiving(BlockReceiver, [UInt8])
    /// A request's body is whole, and its answer is being made.
    case working
    /// An answer of which the device fetches one block after another.
    case answering(CoAPMessage)
  }

  let session: ConnectionIdentifier
  let gateway: String
  let operation: BodyOperation
  /// When the last block came or went.
  var since: Date
  var stage: Stage
}

/// What blocks have to agree on to belong together, besides the session and the Request-Tag (RFC 7959 §2.5).
struct BodyOperation: Equatable {
  private let code: Code
  private let path: [[UInt8]]
  private let query: [[UInt8]]

  init(_ request: CoAPMessage) {
    code = request.code
    path = request.values(of: .uriPath)
    query = request.values(of: .uriQuery)
  }
}

extension CoAPMessage {
  /// Whether each block option is there at most once, in a form that can be read.
  var hasReadableBlocks: Bool {
    values(of: .block1).count == (block1 == nil ? 0 : 1) && values(of: .block2).count == (block2 == nil ? 0 : 1)
  }

  /// As if the whole body were in it.
  var withoutBlocks: CoAPMessage {
    var message = self
    for option in [OptionNumber.block1, .block2, .size1, .size2, .requestTag] { message.remove(option) }
    return message
  }

  /// A block was taken, and the next may come.
  static func continuing(_ reply: Block) -> CoAPMessage {
    var message = CoAPMessage.response(.continue)
    message.block1 = reply
    return message
  }

  /// A block of this answer.
  func slice(_ slice: BlockSlice) -> CoAPMessage {
    var part = self
    part.payload = Array(payload[slice.range])
    part.block2 = slice.block
    if slice.block?.number == 0 { part.set(.size2, uint: UInt32(clamping: payload.count)) }
    return part
  }
}
