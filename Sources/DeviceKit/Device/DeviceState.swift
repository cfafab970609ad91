/// Where in its life a device is that has left factory state. The numbers go over the line.
public enum DeviceState: UInt8, Equatable, Sendable {
  /// It has pinned a root and has no identity.
  case provisioned = 1
  /// It has made a key and holds no certificate for it.
  case keyMade = 2
  /// It holds a certificate for its key.
  case certified = 3
}
