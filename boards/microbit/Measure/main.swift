import Firmware
import MicrobitBoard
import Registers

measure(on: Microbit()) { $0.microseconds }
