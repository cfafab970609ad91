/// The CRC-32 of IEEE 802.3 (polynomial 0x04C11DB7, reflected), bit by bit: a table would cost more flash than the time
/// it saves on a few kilobytes at boot.
struct CRC32 {
  private var register: UInt32 = 0xFFFF_FFFF

  /// The checksum of all bytes so far.
  var value: UInt32 { ~register }

  @inline(never)
  mutating func update(_ bytes: Span<UInt8>) {
    for index in bytes.indices {
      register ^= UInt32(bytes[index])
      var bits = 8
      while bits > 0 {
        register = (register &>> 1) ^ (0xEDB8_8320 & (0 &- (register & 1)))
        bits &-= 1
      }
    }
  }
}
