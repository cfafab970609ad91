import COSE
import CoAP

extension Device where Crypto: ~Copyable, Storage: ~Copyable {
  /// How long answering a message will take, if it is slow work: what the firmware announces on the link before it
  /// calls ``handle(_:reply:now:)``, so that the other end does not take silence for a failure.
  ///
  /// - Returns: Milliseconds; 0 for quick work.
  public mutating func expectedWorkMilliseconds(_ frame: Span<UInt8>) -> UInt16 {
    guard let message = try? Message.parse(frame), message.code.isRequest,
      let resource = Resource(message, in: frame), resource.isForFactory == (state == nil)
    else { return 0 }
    // In signatures: making a key takes as long as one, verifying as long as two.
    let signatures: UInt32
    switch resource {
    case .csr: signatures = journal.record.key == nil ? 2 : 1
    case .provision, .trust: signatures = 2
    case .crt where message.code == .put:
      let block = try? message.block(.block1, in: frame)
      signatures = (block ?? nil)?.more == true ? 0 : 6
    default: signatures = 0
    }
    return UInt16(min(signatures * UInt32(description.signingMilliseconds), 0xFFFF))
  }
}
