import Firmware
import MPS2Board

// A kibibyte of certificate in one block, and room for the message around it.
//
// `nonisolated(unsafe)`: there is one thread. Global, so that its memory is counted when the image is linked.
nonisolated(unsafe) var firmware = Firmware<MPS2, 1088>(
  board: MPS2(), model: "ARM MPS2 AN386", signingMilliseconds: 2500)
firmware.run()
