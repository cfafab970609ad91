/// Why evidence proves nothing.
public enum EvidenceFault: String, Error, Sendable, CaseIterable {
  /// The certificate or its chain cannot be read.
  case certificateUnreadable = "certificate-unreadable"
  /// The certificate does not lead to the anchor.
  case certificateNotTrusted = "certificate-not-trusted"
  /// The request is no PKCS#10 that proves possession of its key.
  case requestWrong = "request-wrong"
  /// The certificate is for another key than the request.
  case keyNotRequested = "key-not-requested"
  /// The order cannot be read, or orders nothing.
  case orderUnreadable = "order-unreadable"
  /// The order is not signed by the registration authority that it names.
  case orderNotSigned = "order-not-signed"
  /// Who signed the order is no registration authority of this CA.
  case ordererNotTrusted = "orderer-not-trusted"
  /// The order is over another request.
  case requestNotOrdered = "request-not-ordered"
  /// The report cannot be read.
  case reportUnreadable = "report-unreadable"
  /// The report is about another certificate, or not signed with this one's key.
  case reportWrong = "report-wrong"

  /// What is wrong, in one sentence.
  public var sentence: String {
    switch self {
    case .certificateUnreadable: "The certificate or its chain cannot be read."
    case .certificateNotTrusted: "The certificate does not lead to this anchor."
    case .requestWrong: "The request does not prove possession of its key."
    case .keyNotRequested: "The certificate is for another key than the device's request."
    case .orderUnreadable: "The order cannot be read."
    case .orderNotSigned: "The order's signature is not that of the registration authority it names."
    case .ordererNotTrusted: "Who signed the order was no registration authority under this anchor."
    case .requestNotOrdered: "The order is over another request than the device's."
    case .reportUnreadable: "The device's report cannot be read."
    case .reportWrong: "The device's report is about another certificate, or not signed with this one's key."
    }
  }
}
