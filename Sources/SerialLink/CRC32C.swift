/// CRC-32C (Castagnoli, as in RFC 3720), byte by byte, four bits a step.
///
/// Sixteen entries of a table take 64 bytes of flash; 256 would take more than the rest of the frame code.
struct CRC32C {
  private var remainder: UInt32 = 0xFFFF_FFFF

  var value: UInt32 { ~remainder }

  @inline(never)
  mutating func update(_ byte: UInt8) {
    remainder ^= UInt32(byte)
    remainder = remainder >> 4 ^ Self.nibbles[Int(remainder & 0x0F)]
    remainder = remainder >> 4 ^ Self.nibbles[Int(remainder & 0x0F)]
  }

  /// The remainders of the sixteen nibbles for the reflected polynomial 0x82F63B78.
  private static let nibbles: InlineArray<16, UInt32> = [
    0x0000_0000, 0x105E_C76F, 0x20BD_8EDE, 0x30E3_49B1, 0x417B_1DBC, 0x5125_DAD3, 0x61C6_9362, 0x7198_540D,
    0x82F6_3B78, 0x92A8_FC17, 0xA24B_B5A6, 0xB215_72C9, 0xC38D_26C4, 0xD3D3_E1AB, 0xE330_A81A, 0xF36E_6F75,
  ]
}
