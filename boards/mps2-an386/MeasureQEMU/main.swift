import Firmware
import MPS2Board
import Registers

measure(on: MPS2()) { $0.ticks }
