/// What a descriptor means to a device that has one already.
public enum TrustUpdate: Equatable, Sendable {
  /// It is the one in force: nothing is to be done, and that is a success.
  case same
  /// It takes the place of the one in force.
  case newer
}

extension TrustDescriptor {
  /// Compares this descriptor, whose signature has been checked, with the one in force.
  ///
  /// - Parameters:
  ///   - epoch: that of the descriptor in force.
  ///   - isSameNetwork: whether the names of both networks are the same bytes.
  ///   - isSameContent: whether ``content`` of both is the same bytes.
  /// - Throws: `otherNetwork`, `lowerEpoch` or `sameEpoch`.
  public func update(over epoch: UInt32, isSameNetwork: Bool, isSameContent: Bool) throws(TrustRefusal) -> TrustUpdate {
    guard isSameNetwork else { throw .otherNetwork }
    guard self.epoch >= epoch else { throw .lowerEpoch }
    guard self.epoch == epoch else { return .newer }
    guard isSameContent else { throw .sameEpoch }
    return .same
  }
}
