import Firmware
import MicrobitBoard

echo(on: Microbit())
