public import Foundation
import SwiftASN1

/// One revoked certificate as a CRL lists it (RFC 5280 §5.1.2.6).
///
/// An entry never changes, so it is encoded once, when the certificate is revoked, and every CRL from then on copies it.
public enum CRLEntry {
  /// The entry in DER.
  ///
  /// - Parameters:
  ///   - serialNumber: the certificate's serial number as DER has it.
  ///   - date: when it was revoked.
  ///   - reason: why. `unspecified` is said by leaving it out (RFC 5280 §5.3.1).
  public static func encode(serialNumber: [UInt8], date: Date, reason: RevocationReason) throws -> [UInt8] {
    try derBytes { coder in
      try coder.sequence { entry in
        try entry.serialize(serialNumber[...])
        try date.serializeTime(into: &entry)
        guard reason != .unspecified else { return }
        try entry.sequence { extensions in
          try extensions.certificateExtension(OID.reasonCode) { $0.enumerated(reason.rawValue) }
        }
      }
    }
  }
}
