public import PKI
public import Whitelist

/// A device, or a server, as a policy knows it.
public struct PolicyDevice: Equatable, Sendable {
  /// A certificate that it identifies itself by.
  public struct Certificate: Hashable, Sendable {
    /// The issuer's name in the policy.
    public var issuer: String
    /// 1 to 20 bytes, without a leading zero.
    public var serialNumber: [UInt8]
    /// The thumbprint of its key, when lists are to pin it.
    public var pin: [UInt8]?

    public init(issuer: String, serialNumber: [UInt8], pin: [UInt8]? = nil) {
      self.issuer = issuer
      self.serialNumber = serialNumber
      self.pin = pin
    }
  }

  public var name: String
  /// The thumbprint of its bootstrap key; nil for what has no list of its own.
  public var thumbprint: [UInt8]?
  public var labels: [String]
  /// None: no list can name it. Two, while it renews.
  public var certificates: [Certificate]
  /// What it has room for.
  public var capacity = WhitelistCapacity()

  public init(
    _ name: String, thumbprint: [UInt8]? = nil, labels: [String] = [], certificates: [Certificate] = []
  ) {
    self.name = name
    self.thumbprint = thumbprint
    self.labels = labels
    self.certificates = certificates
  }
}
