import Firmware
import MicrobitBoard

// A kibibyte of certificate in one block, and room for the message around it.
//
// `nonisolated(unsafe)`: there is one thread. Global, so that its memory is counted when the image is linked.
nonisolated(unsafe) var firmware = Firmware<Microbit, 1088>(
  board: Microbit(), model: "BBC micro:bit", signingMilliseconds: 5500)
firmware.run()
