import MicrobitBoard

private typealias Handler = @convention(c) () -> Void

/// The vector table (ARMv6-M ARM, B1.5.3, and nRF51 Reference Manual, chapter 3). The linker script puts the initial
/// stack pointer before it.
///
/// It stands in the image, not in the board's library: Embedded Swift emits a library's `@used` globals again in each
/// client, and the linker refuses the second table.
@section(".vectors") @used
private let vectors:
  (
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler, Handler,
    Handler, Handler, Handler
  ) = (
    // 1 reset, 2 NMI, 3 hard fault, and nothing else up to 15.
    resetHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler,
    faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler,
    // Peripherals 0 to 13: UART is 2, TIMER0 is 8, RNG is 13.
    faultHandler, faultHandler, uartHandler, faultHandler, faultHandler, faultHandler, faultHandler, faultHandler,
    timerHandler, faultHandler, faultHandler, faultHandler, faultHandler, noiseHandler
  )
